// Configurations of everything but layers: built from Keras's text, written back byte for byte.
#include "cornu/constraints/constraint.h"
#include "cornu/initializers/initializer.h"
#include "cornu/losses/loss.h"
#include "cornu/metrics/metric.h"
#include "cornu/optimizers/optimizer.h"
#include "cornu/regularizers/regularizer.h"
#include "tests/golden/golden.h"

namespace cornu::golden {
namespace {

Json round_trip(const std::string& family_name, const Json& spec) {
  if (family_name == "initializers") return initializers::get(spec).serialize();
  if (family_name == "regularizers") return regularizers::get(spec).serialize();
  if (family_name == "constraints") return constraints::get(spec).serialize();
  if (family_name == "losses") return losses::get(spec).serialize();
  if (family_name == "metrics") return metrics::get(spec).serialize();
  if (family_name == "schedules") return optimizers::schedules::get(spec).serialize();
  return optimizers::get(spec).serialize();
}

TEST(GoldenConfigs, ComeBackByteForByte) {
  for_each_case("configs", "text",
                [](const Family&, const Json& c) {
                  const std::string family_name = c["family"].get<std::string>(), text = c["text"].get<std::string>();
                  if (family_name == "layers") return;  // the layers' own test
                  EXPECT_EQ(dump_json(round_trip(family_name, parse_json(text))), text);
                },
                {{"metrics/Mean/1", "dtype float64: metrics are computed in float32"},
                 {"optimizers/Adafactor/0", "this optimizer is refused by name"}});
}

}  // namespace
}  // namespace cornu::golden
