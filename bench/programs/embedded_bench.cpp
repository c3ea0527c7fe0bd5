// Ruby inside the engine's own process: a hash is made of a C++ map, a handler is called, and its hash is read back
// into a map. What a bridge without processes could reach: on one core, and with it any crash, leak or endless loop of
// a handler is the engine's own.
//   embedded_bench [CALLS]
#include <ruby.h>

#include <cstdio>
#include <map>
#include <string>

#include "bench_support.hpp"

namespace {

using Values = std::map<std::string, std::string>;

VALUE to_ruby(const Values& values) {
  const VALUE hash = rb_hash_new();
  for (const auto& [name, value] : values) {
    rb_hash_aset(hash, rb_str_new(name.data(), static_cast<long>(name.size())),
                 rb_str_new(value.data(), static_cast<long>(value.size())));
  }
  return hash;
}

int read_pair(VALUE name, VALUE value, VALUE into) {
  auto& values = *reinterpret_cast<Values*>(into);
  values[std::string(RSTRING_PTR(name), static_cast<std::size_t>(RSTRING_LEN(name)))] =
      std::string(RSTRING_PTR(value), static_cast<std::size_t>(RSTRING_LEN(value)));
  return ST_CONTINUE;
}

double run(VALUE handler, int calls) {
  const ID process = rb_intern("process");
  const Values context = {{"id", "4711"}, {"text", std::string(150, 'x')}, {"state", "open"}};
  const auto from = bench::Clock::now();
  for (int i = 0; i < calls; ++i) {
    const VALUE answer = rb_funcall(handler, process, 1, to_ruby(context));
    Values results;
    rb_hash_foreach(answer, read_pair, reinterpret_cast<VALUE>(&results));
    if (results.empty()) std::exit(1);
  }
  return calls / bench::seconds_since(from);
}

}  // namespace

int main(int argc, char** argv) {
  const int calls = bench::argument(argc, argv, 1, 500'000);
  ruby_init();
  int failed = 0;
  const VALUE handler =
      rb_eval_string_protect("Class.new { def process(context) = { \"id\" => context[\"id\"] } }.new", &failed);
  if (failed != 0) return 1;
  rb_gc_register_mark_object(handler);
  run(handler, std::min(calls, 10'000));
  std::printf("{\"calls_per_second\": %.1f}\n", run(handler, calls));
  return ruby_cleanup(0);
}
