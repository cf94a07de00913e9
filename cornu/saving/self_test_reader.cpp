#include "cornu/saving/self_test.h"

#include "cornu/core/error.h"
#include "cornu/saving/config_text.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/read_bytes.h"
#include "cornu/saving/self_test_names.h"
#include "cornu/saving/zip_archive.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxTensors = std::uint64_t{1} << 30;  // samples, not a data set
constexpr int kMaxTensorsOfAModel = 4096;

[[noreturn]] void fail(const std::string& shown, const std::string& what) {
  throw FileError(cat(cannot_read(shown), "  received: a self-test with ", what,
                      "\n  expected: what `cornu fit --self-test` records\n"
                      "  way out: open the file without its self-test, or save it again"));
}

std::vector<Tensor> tensors(const Hdf5Group& group, const Json& state, const char* count, char letter,
                            const std::string& shown) {
  const Json& n = state.contains(count) ? state[count] : Json();
  if (!n.is_number_integer() || n.get<std::int64_t>() < 1 || n.get<std::int64_t>() > kMaxTensorsOfAModel)
    fail(shown, cat("\"", count, "\": ", dump_json(n)));
  std::vector<Tensor> out;
  for (std::int64_t i = 0; i < n.get<std::int64_t>(); ++i) out.push_back(group.dataset(cat(letter, i)).copy());
  return out;
}

SelfTest parse(const std::string& text, const Hdf5Group& group, const std::string& shown) {
  const Json state = parse_config(text, "the self-test", shown);
  if (!state.is_object() || !state.contains("tolerance") || !state["tolerance"].is_number())
    fail(shown, "no tolerance");
  SelfTest out;
  out.tolerance = state["tolerance"].get<double>();
  out.x = tensors(group, state, "inputs", 'x', shown);
  out.y = tensors(group, state, "outputs", 'y', shown);
  const std::int64_t samples = out.x[0].rank() > 0 ? out.x[0].dim(0) : 0;
  for (const auto* list : {&out.x, &out.y})
    for (const Tensor& t : *list)
      if (t.rank() == 0 || t.dim(0) != samples || samples == 0) fail(shown, cat("a tensor of shape ", t.shape()));
  return out;
}

std::optional<SelfTest> read_from_zip(const SharedBytes& bytes, const std::string& shown) {
  const ZipArchive archive = ZipArchive::open_image(bytes.view, shown);
  const std::optional<std::string> state = archive.read(kSelfTestState, kMaxConfigBytes);
  if (!state) return std::nullopt;
  std::optional<std::string> values = archive.read(kSelfTestTensors, kMaxTensors);
  if (!values) fail(shown, "no samples");
  const Hdf5File file = Hdf5File::open_image(SharedBytes(std::move(*values)), cat(shown, ": ", kSelfTestTensors));
  return parse(*state, file.root(), shown);
}

std::optional<SelfTest> read_from_hdf5(const SharedBytes& bytes, const std::string& shown) {
  const Hdf5Group root = Hdf5File::open_image(bytes, shown).root();
  const std::optional<std::string> state = root.text(kSelfTestGroup);
  if (!state) return std::nullopt;
  if (!root.has(kSelfTestGroup)) fail(shown, "no samples");
  return parse(*state, root.group(kSelfTestGroup), shown);
}

}  // namespace

std::optional<SelfTest> read_self_test(const SharedBytes& bytes, const std::string& shown) {
  return starts_with(bytes.view, "PK") ? read_from_zip(bytes, shown) : read_from_hdf5(bytes, shown);
}

std::optional<SelfTest> read_self_test(const std::string& path) {
  return read_self_test(read_shared_bytes(path), path);
}

}  // namespace cornu::saving
