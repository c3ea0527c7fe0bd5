#include "support/held_store.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/manual_post.hpp"

using namespace tasker;
using namespace tasker::test;

namespace {

struct Answers {
  std::vector<std::string> seen;
  Store::OnDurable named(std::string name) {
    return [this, name = std::move(name)](StoreBatch batch, std::optional<StoreError> error) {
      seen.push_back(name + ":" + std::to_string(batch.writes.size()) + (error ? ":" + error->message : ""));
    };
  }
};
StoreBatch forgetting(std::size_t writes) { return {std::vector<StoreWrite>(writes, ForgetTask{1})}; }

}  // namespace

TEST_CASE("a held commit is answered only when it was let go and the post runs") {
  ManualPost post;
  HeldStore store(post);
  Answers answers;
  store.commit(forgetting(1), answers.named("a"));
  store.commit(forgetting(2), answers.named("b"));
  CHECK(post.run_all() == 0);
  CHECK(store.held() == 2);
  CHECK(store.held_batch(1).writes.size() == 2);

  CHECK(store.release_one());
  CHECK(answers.seen.empty());
  CHECK(post.run_all() == 1);
  CHECK(answers.seen == std::vector<std::string>{"a:1"});
  CHECK(store.written().size() == 1);

  CHECK(store.release_all() == 1);
  CHECK_FALSE(store.release_one());
  post.run_all();
  CHECK(answers.seen == std::vector<std::string>{"a:1", "b:2"});
}

TEST_CASE("a refused commit comes back with the error and is not written") {
  ManualPost post;
  HeldStore store(post);
  Answers answers;
  store.let_through();
  store.fail_next("disk full");
  store.commit(forgetting(1), answers.named("a"));
  store.commit(forgetting(1), answers.named("b"));
  post.run_all();
  CHECK(answers.seen == std::vector<std::string>{"a:1:disk full", "b:1"});
  CHECK(store.written().size() == 1);
}

TEST_CASE("around another store, refusals keep their place among the answers") {
  ManualPost post;
  auto inner = std::make_unique<HeldStore>(post);
  HeldStore& slow = *inner;
  HeldStore store(post, std::move(inner));
  Answers answers;
  store.commit(forgetting(1), answers.named("a"));
  store.commit(forgetting(2), answers.named("b"));
  store.release_one();
  store.fail_next("no");
  store.release_one();
  CHECK(post.run_all() == 0);
  slow.let_through();
  post.run_all();
  CHECK(answers.seen == std::vector<std::string>{"a:1", "b:2:no"});
  CHECK(store.written().size() == 1);
}

TEST_CASE("run_until gives up when nothing comes") {
  ManualPost post;
  CHECK_FALSE(post.run_until([] { return false; }, std::chrono::milliseconds(0)));
  int ran = 0;
  post.post()([&] { ++ran; });
  CHECK(post.run_until([&] { return ran == 1; }));
}
