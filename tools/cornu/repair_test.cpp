// Verify and repair, on files that were cut off and damaged at every place.
#include <set>
#include <sstream>

#include "cornu/saving/model_file.h"
#include "tools/cornu/cli_test.h"

namespace cornu::tool {
namespace {

class Repair : public CommandLine {
 protected:
  static std::string whole(const std::string& ending) {
    return CORNU_ROOT "/tests/data/generations/keras-3.15.1-mlp_momentum/model." + ending;
  }
  static std::string bytes_of(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }
  // How many weights of the repaired file are those of the whole one.
  int same_weights(const std::string& repaired, const std::string& original) const {
    const saving::ModelFile a = saving::read_model_file(at(repaired)), b = saving::read_model_file(original);
    EXPECT_EQ(a.architecture["config"]["name"], b.architecture["config"]["name"]);
    int same = 0;
    for (std::size_t i = 0; i < b.weights.size(); ++i)
      for (std::size_t k = 0; k < b.weights[i].weights.size(); ++k)
        same += a.weights.at(i).weights.at(k).value == b.weights[i].weights[k].value;
    return same;
  }
};

TEST_F(Repair, VerifyReadsEverything) {
  for (const char* ending : {"h5", "keras"}) {
    const Outcome outcome = done("verify " + whole(ending));
    EXPECT_NE(outcome.out.find("whole"), std::string::npos) << outcome.out;
    std::string damaged = bytes_of(whole(ending));
    write("cut", damaged.substr(0, damaged.size() - 100));
    fails(1, "verify cut", {"is not whole", "cut off", "cornu repair"});
  }
  // One bit in the middle of the weights: the zip has checksums, the .h5 of Keras has none.
  std::string zip = bytes_of(whole("keras"));
  zip[zip.size() / 2] = static_cast<char>(zip[zip.size() / 2] ^ 1);
  write("bit.keras", zip);
  fails(1, "verify bit.keras", {"is not whole"});
}

TEST_F(Repair, ChecksumsFindOneBit) {
  done("convert --checksums " + whole("h5") + " sums.h5");
  EXPECT_NE(done("verify sums.h5").out.find("10 checksums"), std::string::npos) << done("verify sums.h5").out;
  std::string bytes = read("sums.h5");
  const saving::ModelFile file = saving::read_model_file(at("sums.h5"));
  const Tensor& kernel = file.weights[0].weights[0].value;
  const std::size_t place = bytes.find(std::string(static_cast<const char*>(kernel.raw()), kernel.bytes()));
  ASSERT_NE(place, std::string::npos);
  bytes[place + 5] = static_cast<char>(bytes[place + 5] ^ 4);
  write("bit.h5", bytes);
  fails(1, "verify bit.h5", {"its values are not those that were written", "kernel"});
  // And repair gives the other tensors.
  const Outcome outcome = done("repair bit.h5 out.h5");
  EXPECT_NE(outcome.out.find("fresh values: "), std::string::npos) << outcome.out;
  EXPECT_EQ(same_weights("out.h5", whole("h5")), 3);
  // Nobody gets them who does not ask, and a .keras has its own.
  done("convert " + whole("h5") + " plain.h5");
  EXPECT_EQ(read("plain.h5"), bytes_of(whole("h5")));
  fails(2, "convert --checksums " + whole("h5") + " sums.keras", {"--checksums", ".h5"});
}

TEST_F(Repair, AWholeFileComesBackWhole) {
  for (const char* ending : {"h5", "keras"}) {
    const Outcome outcome = done(cat("repair ", whole(ending), " out.", ending));
    EXPECT_NE(outcome.out.find(", 0 lost\n"), std::string::npos) << outcome.out;
    EXPECT_TRUE(json(done(cat("diff ", whole(ending), " out.", ending, " --json")).out)["same"].get<bool>());
  }
}

// The later the cut, the more is whole; the file itself is never touched.
TEST_F(Repair, CutAnywhere) {
  for (const char* ending : {"h5", "keras"}) {
    const std::string bytes = bytes_of(whole(ending));
    int best = 0;
    std::set<int> seen;
    for (int tenth = 1; tenth < 40; ++tenth) {
      const std::string part = bytes.substr(0, bytes.size() * static_cast<std::size_t>(tenth) / 40);
      write("cut", part);
      const Outcome outcome = cornu(cat("repair cut out.", ending));
      EXPECT_EQ(read("cut"), part);
      EXPECT_LE(outcome.status, 1) << outcome.err;
      if (outcome.status != 0) continue;
      const int whole_weights = same_weights(cat("out.", ending), whole(ending));
      EXPECT_GE(whole_weights, best) << ending << " " << tenth;
      best = std::max(best, whole_weights);
      seen.insert(whole_weights);
      EXPECT_EQ(whole_weights < 4, outcome.out.find("fresh values: ") != std::string::npos) << outcome.out;
    }
    EXPECT_EQ(best, 4) << ending;
    EXPECT_GT(seen.size(), 1u) << ending << ": no cut in which some weights were lost";
  }
}

TEST_F(Repair, TensorsAndArchitectureAlone) {
  const std::string bytes = bytes_of(whole("h5"));
  write("cut.h5", bytes.substr(0, bytes.size() * 9 / 10));
  done("repair cut.h5 out.npz");
  EXPECT_FALSE(data::load_npz(at("out.npz")).empty());
  done("repair cut.h5 out.json");
  EXPECT_NE(done("summary out.json").out.find("Dense"), std::string::npos);
}

TEST_F(Repair, NamedErrors) {
  write("foreign", "something else");
  write("empty", "");
  fails(1, "repair none.h5 out.h5", {"none.h5", "No such file"});
  fails(1, "repair foreign out.h5", {"first bytes", "older copy"});
  fails(1, "repair empty out.h5", {"an empty file"});
  write("begin.h5", bytes_of(whole("h5")).substr(0, 200));
  fails(1, "repair begin.h5 out.h5", {"architecture is lost", "older copy"});
  fails(1, "repair begin.h5 out.npz", {"without one whole tensor"});
  fails(2, "repair begin.h5 begin.h5", {"never touched"});
  fails(2, "repair begin.h5 out.txt", {".keras"});
  EXPECT_FALSE(exists("out.h5"));
}

}  // namespace
}  // namespace cornu::tool
