#include "worker/shelf.hpp"

#include <doctest/doctest.h>

using namespace tasker;
using namespace tasker::worker;

namespace {

using Refs = std::vector<std::int64_t>;

/// Holds 1,000 bytes in at most three contexts, none below 100 bytes.
struct Small : Shelf {
  Small() : Shelf({.least_bytes = 100, .most_bytes = 1000, .most_values = 3}) {}
  ShelfPlan send(rpc::RequestId id, std::int64_t task, std::size_t bytes) {
    const ShelfPlan made = plan(task, bytes);
    sent(id, task, bytes, made);
    return made;
  }
};

bool inside(const ShelfPlan& plan) { return !plan.ref && !plan.put && plan.drops.empty(); }

}  // namespace

TEST_SUITE_BEGIN("shelf");

TEST_CASE("a context is put once and referred to from then on, answered or not") {
  Small shelf;
  const ShelfPlan first = shelf.send(2, 7, 100);
  CHECK(first.put);
  CHECK(first.ref == 1);
  for (const rpc::RequestId id : {3, 4}) {
    const ShelfPlan again = shelf.send(id, 7, 100);
    CHECK(!again.put);
    CHECK(again.ref == 1);
    shelf.answered(id);
  }
  shelf.answered(2);
  CHECK(!shelf.plan(7, 100).put);
  CHECK(shelf.bytes() == 100);
}

TEST_CASE("a plan changes nothing until the request is sent") {
  Small shelf;
  CHECK(shelf.plan(7, 100).ref == 1);
  CHECK(shelf.plan(8, 100).ref == 1);
  CHECK(shelf.size() == 0);
}

TEST_CASE("what is small, or bigger than the shelf, travels inside its request") {
  Small shelf;
  CHECK(inside(shelf.plan(7, 99)));
  CHECK(inside(shelf.plan(7, 1001)));
  CHECK(!inside(shelf.plan(7, 1000)));
}

TEST_CASE("the least recently used one goes first, as many as the new one needs") {
  Small shelf;
  shelf.send(2, 1, 400);
  shelf.send(3, 2, 400);
  shelf.send(4, 1, 400);
  for (const rpc::RequestId id : {2, 3, 4}) shelf.answered(id);
  const ShelfPlan third = shelf.send(5, 3, 500);
  CHECK(third.drops == Refs{2});
  CHECK(third.ref == 3);
  CHECK(shelf.bytes() == 900);
  shelf.answered(5);
  CHECK(shelf.plan(4, 1000).drops == Refs{1, 3});
}

TEST_CASE("their number is bounded too") {
  Small shelf;
  for (const std::int64_t task : {1, 2, 3}) {
    shelf.send(task + 1, task, 100);
    shelf.answered(task + 1);
  }
  CHECK(shelf.send(5, 4, 100).drops == Refs{1});
  CHECK(shelf.size() == 3);
}

TEST_CASE("what an unanswered request refers to stays; when nothing else is there, the new one travels inside") {
  Small shelf;
  shelf.send(2, 1, 500);
  shelf.send(3, 2, 500);
  CHECK(inside(shelf.send(4, 3, 500)));
  CHECK(shelf.bytes() == 1000);
  shelf.answered(4);  // it used nothing
  shelf.answered(3);
  CHECK(shelf.plan(3, 500).drops == Refs{2});
}

TEST_CASE("two requests that use one context: it goes after the second answer, not the first") {
  Small shelf;
  shelf.send(2, 1, 600);
  shelf.send(3, 1, 600);
  shelf.answered(2);
  CHECK(inside(shelf.plan(2, 600)));
  CHECK(shelf.refers(3));
  shelf.answered(3);
  CHECK(!shelf.refers(3));
  CHECK(shelf.plan(2, 600).drops == Refs{1});
}

TEST_CASE("a number is never used twice") {
  Small shelf;
  for (const std::int64_t task : {1, 2, 3}) {
    CHECK(shelf.send(task + 1, task, 1000).ref == task);
    shelf.answered(task + 1);
  }
  CHECK(shelf.send(5, 1, 1000).ref == 4);
}

TEST_CASE("a worker that lost a context gets every one inside its request") {
  Small shelf;
  shelf.send(2, 1, 500);
  shelf.give_up();
  CHECK(inside(shelf.plan(1, 500)));
  shelf.answered(2);
  CHECK(inside(shelf.plan(1, 500)));
}

TEST_CASE("the lines before a request drop first, and are counted in full") {
  const Shelved shelved{{9, true, {4, 5}}, 7, JsonText::trusted(R"({"n":1.50})")};
  const std::string lines = preface_lines("context", shelved);
  CHECK(lines ==
        "{\"jsonrpc\":\"2.0\",\"method\":\"context/drop\",\"params\":{\"ref\":4}}\n"
        "{\"jsonrpc\":\"2.0\",\"method\":\"context/drop\",\"params\":{\"ref\":5}}\n"
        "{\"jsonrpc\":\"2.0\",\"method\":\"context/put\",\"params\":{\"ref\":9,\"value\":{\"n\":1.50}}}\n");
  CHECK(preface_bytes(shelved) >= lines.size());
  CHECK(preface_lines("definition", shelved).size() == lines.size() + 9);
  const Shelved held{{9, false, {}}, 7, shelved.value};
  CHECK(preface_lines("context", held).empty());
  CHECK(preface_bytes(held) == 0);
}

TEST_SUITE_END();
