#include "core/nearest_name.hpp"

using namespace tasker;

TEST_SUITE_BEGIN("nearest name");

TEST_CASE("a name that was probably meant is offered, one that is far away is not") {
  CHECK(nearest_name("chrage", {"ship", "charge"}) == "charge");
  CHECK(nearest_name("Charge", {"ship", "charge"}) == "charge");
  CHECK(nearest_name("CHARGE", {"ship", "charge"}) == std::nullopt);
  CHECK(nearest_name("zebra", {"ship", "charge"}) == std::nullopt);
  CHECK(nearest_name("", {"ship"}) == std::nullopt);
  CHECK(nearest_name("x", {}) == std::nullopt);
}

TEST_CASE("the offer reads as the end of a sentence") {
  CHECK(did_you_mean("shp", {"ship"}) == "; did you mean \"ship\"?");
  CHECK(did_you_mean("zebra", {"ship"}).empty());
}

TEST_CASE("hostile lengths cost nothing") { CHECK(nearest_name(std::string(1'000'000, 'a'), {"a"}) == std::nullopt); }

TEST_SUITE_END();
