#include "tests/golden/golden.h"

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/data/npy.h"
#include "cornu/engine/engine.h"

namespace cornu::golden {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw FileError(cat("cannot open the golden file ", path));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool close(double actual, double expected, Tolerance t) {
  if (std::isnan(expected) || std::isnan(actual)) return std::isnan(expected) && std::isnan(actual);
  if (std::isinf(expected) || std::isinf(actual)) return actual == expected;
  return std::fabs(actual - expected) <= t.relative * std::fabs(expected) + t.absolute;
}

}  // namespace

Family::Family(const std::string& name) {
  const std::string base = cat(CORNU_GOLDEN_FOLDER, "/keras-3/", name);
  const Json json = parse_json(read_text(base + ".json"), base + ".json");
  for (const Json& c : json.at("cases")) cases_.push_back(c);
  if (std::ifstream(base + ".npz"))
    for (data::NamedArray& a : data::load_npz(base + ".npz")) arrays_[a.name] = std::move(a.value);
}

Tensor Family::at(const std::string& key) const {
  const auto it = arrays_.find(key);
  if (it == arrays_.end()) throw ValueError(cat("no golden array \"", key, "\""));
  return it->second;
}

const Family& family(const std::string& name) {
  static std::map<std::string, Family> loaded;
  auto it = loaded.find(name);
  if (it == loaded.end()) it = loaded.emplace(name, Family(name)).first;
  return it->second;
}

void for_each_case(const std::string& family_name, const char* key,
                   const std::function<void(const Family&, const Json&)>& test, const Skips& skips) {
  const Family& all = family(family_name);
  std::set<std::string> seen;
  int count = 0;
  for (const Json& c : all.cases()) {
    const std::string name = c.at("name").get<std::string>();
    seen.insert(name);
    if (!c.contains(key) || skips.contains(name)) continue;
    SCOPED_TRACE(cat(family_name, ": ", name));
    ++count;
    try {
      test(all, c);
    } catch (const std::exception& e) {
      ADD_FAILURE() << e.what();
    }
  }
  EXPECT_GT(count, 0) << "no case of " << family_name << " has " << key;
  for (const auto& [name, reason] : skips) EXPECT_TRUE(seen.contains(name)) << "skipped, but no case: " << name;
}

void on_every_engine(const std::vector<Tensor>& inputs, const Build& build,
                     const std::function<void(const std::vector<Tensor>& outputs)>& check) {
  for (const std::string& name : engine_names()) {
    SCOPED_TRACE(cat("engine ", name));
    Builder builder;
    std::vector<Value> values;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      values.push_back(builder.parameter(cat("input", i), inputs[i].shape(), inputs[i].dtype()));
    for (const Value& v : build(values)) builder.output(v);
    check(evaluate(engine(name), builder.graph(), inputs));
  }
}

testing::AssertionResult near(const Tensor& actual, const Tensor& expected, Tolerance tolerance) {
  if (actual.shape() != expected.shape())
    return testing::AssertionFailure() << "shape " << actual.shape() << ", expected " << expected.shape();
  for (std::int64_t i = 0; i < actual.size(); ++i)
    if (!close(actual.at(i), expected.at(i), tolerance))
      return testing::AssertionFailure() << "element " << i << " of " << expected.shape() << " is "
                                         << repr(actual.at(i)) << ", expected " << repr(expected.at(i))
                                         << ", difference " << actual.at(i) - expected.at(i);
  return testing::AssertionSuccess();
}

testing::AssertionResult near(double actual, double expected, Tolerance tolerance) {
  if (close(actual, expected, tolerance)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << repr(actual) << ", expected " << repr(expected) << ", difference "
                                     << actual - expected;
}

}  // namespace cornu::golden
