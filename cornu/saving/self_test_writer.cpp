#include "cornu/saving/self_test_writer.h"

#include "cornu/core/text.h"
#include "cornu/saving/self_test_names.h"

namespace cornu::saving {
namespace {

std::string state_of(const SelfTest& self_test) {
  return dump_json(
      Json{{"inputs", self_test.x.size()}, {"outputs", self_test.y.size()}, {"tolerance", self_test.tolerance}});
}

void write_tensors(Hdf5Writer& writer, const SelfTest& self_test, const std::string& before) {
  for (std::size_t i = 0; i < self_test.x.size(); ++i) writer.write_dataset(cat(before, "x", i), self_test.x[i]);
  for (std::size_t i = 0; i < self_test.y.size(); ++i) writer.write_dataset(cat(before, "y", i), self_test.y[i]);
}

}  // namespace

void add_self_test(Hdf5Writer& writer, const SelfTest& self_test) {
  writer.set_text("", kSelfTestGroup, state_of(self_test), Charset::kAscii);
  writer.create_group(kSelfTestGroup);
  write_tensors(writer, self_test, cat(kSelfTestGroup, "/"));
}

std::vector<ExtraMember> self_test_members(const SelfTest& self_test, const std::string& shown) {
  Hdf5Writer writer(cat(shown, ": ", kSelfTestTensors), Placement::kFileObject);
  write_tensors(writer, self_test, "");
  std::vector<ExtraMember> out;
  out.push_back({kSelfTestState, Pieces(state_of(self_test))});
  out.push_back({kSelfTestTensors, writer.finish()});
  return out;
}

}  // namespace cornu::saving
