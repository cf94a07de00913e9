// Files that are cut off, foreign, or made to harm: always a FileError, never a crash or a flood of memory.
#include <hdf5.h>

#include <random>

#include "cornu/saving/hdf5_handle.h"
#include "cornu/saving/raw_model.h"
#include "cornu/saving/stored_zip.h"
#include "cornu/saving/test_files.h"
#include "cornu/saving/weights_file.h"

namespace cornu::saving {
namespace {

// Reads it, and allows nothing but success or a FileError.
bool is_refused(const std::string& path) {
  try {
    (void)read_model_file(path);
    return false;
  } catch (const FileError&) {
    return true;
  }
}

TEST(HostileFile, EveryTruncationIsRefused) {
  const TemporaryFolder folder;
  for (const char* name : {"keras-3.15.1-mlp_momentum/model.h5", "keras-3.15.1-mlp_momentum/model.keras",
                           "keras-2.0.4-mlp_adam/model.h5", "tf_keras-2.21.0-mlp_sgd/model.keras"}) {
    const std::string bytes = read_bytes(generation(name));
    for (std::size_t size = 0; size < bytes.size(); size += size < 2200 ? 97 : 1009) {
      write_bytes(folder / "cut", std::string_view(bytes).substr(0, size));
      EXPECT_TRUE(is_refused(folder / "cut")) << name << " cut to " << size;
    }
  }
}

TEST(HostileFile, ForeignAndMissingFiles) {
  const TemporaryFolder folder;
  EXPECT_NE(reading_error(folder / "nothing.h5").find("No such file"), std::string::npos);
  EXPECT_NE(reading_error(folder.path()).find("a folder"), std::string::npos);
  write_bytes(folder / "empty", "");
  EXPECT_NE(reading_error(folder / "empty").find("an empty file"), std::string::npos);
  write_bytes(folder / "text", "this is not a model at all, but a text of some length");
  EXPECT_NE(reading_error(folder / "text").find("neither HDF5 nor a zip"), std::string::npos);
  EXPECT_NE(reading_error("/dev/null").find("no regular file"), std::string::npos);
}

TEST(HostileFile, ZipsWithoutAModel) {
  const TemporaryFolder folder;
  const auto write_zip = [&](const std::vector<ZipMember>& members) {
    std::vector<std::string> headers;
    std::string bytes;
    for (const std::string_view part : stored_zip(members, headers)) bytes += part;
    write_bytes(folder / "z.keras", bytes);
    return reading_error(folder / "z.keras");
  };
  EXPECT_NE(write_zip({{"a.txt", {"hello"}, zip_epoch()}}).find("without 'config.json'"), std::string::npos);
  EXPECT_NE(write_zip({{"config.json", {"{}"}, zip_epoch()}}).find("without 'model.weights.h5'"), std::string::npos);
  EXPECT_NE(
      write_zip({{"config.json", {"{"}, zip_epoch()}, {"model.weights.h5", {"x"}, zip_epoch()}}).find("not valid JSON"),
      std::string::npos);
  const std::string deep(100000, '[');
  EXPECT_NE(write_zip({{"config.json", {deep}, zip_epoch()}, {"model.weights.h5", {"x"}, zip_epoch()}}), "");
  EXPECT_NE(write_zip({{"config.json", {"[]"}, zip_epoch()}, {"model.weights.h5", {"x"}, zip_epoch()}}), "");
}

// Configurations that are JSON and yet nonsense.
TEST(HostileFile, ConfigurationsOfAnyForm) {
  std::vector<Json> bad;
  for (const char* text : {R"({"class_name": 3, "config": 4})", R"({"class_name": "Sequential", "config": [1, null]})",
                           R"({"class_name": "Functional", "config": {"layers": [{"config": 1, "inbound_nodes": 7}],
                               "output_layers": {"a": 3}, "input_layers": "x"}})",
                           R"({"class_name": "Sequential", "config": {"name": 1, "layers": {"a": "b"}}})"})
    bad.push_back(parse_json(text));
  for (const Json& architecture : bad)
    for (const char* version : {"1.2.2", "2.2.4", "2.15.0", "3.15.1"}) {
      RawModel raw;
      raw.keras_version = version;
      raw.model_config = architecture;
      raw.training_config = architecture;
      try {
        (void)upgrade(raw);
      } catch (const FileError&) {
      } catch (const Json::exception&) {  // read_model_file makes a FileError of it
      }
    }
}

// A model file by hand, with one dataset of a kind that must be refused.
class CraftedFile {
 public:
  explicit CraftedFile(const std::string& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {
    text(file_.get(), "model_config",
         {R"({"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "d", "units": 1}}]})"},
         true);
    text(file_.get(), "keras_version", {"2.2.4"}, true);
    weights_ = GroupHandle(H5Gcreate2(file_.get(), "model_weights", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    text(weights_.get(), "layer_names", {"d"}, false);
    layer_ = GroupHandle(H5Gcreate2(weights_.get(), "d", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    text(layer_.get(), "weight_names", {"w"}, false);
  }
  hid_t layer() const { return layer_.get(); }
  // A dataset "w" of that shape; nothing is written into it.
  DatasetHandle dataset(const std::vector<hsize_t>& dims, hid_t creation, hid_t type = H5T_IEEE_F32LE) {
    SpaceHandle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr));
    return DatasetHandle(H5Dcreate2(layer_.get(), "w", type, space.get(), H5P_DEFAULT, creation, H5P_DEFAULT));
  }

 private:
  static void text(hid_t object, const char* name, const std::vector<const char*>& values, bool scalar) {
    TypeHandle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), H5T_VARIABLE);
    const hsize_t count = values.size();
    SpaceHandle space(scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr));
    AttributeHandle attribute(H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT));
    H5Awrite(attribute.get(), type.get(), values.data());
  }
  FileHandle file_;
  GroupHandle weights_;
  GroupHandle layer_;
};

class Crafted : public testing::Test {
 protected:
  std::string path() const { return folder_ / "crafted.h5"; }
  std::string error() const { return reading_error(path()); }
  void expect_refused(const std::string& words) const { EXPECT_NE(error().find(words), std::string::npos) << error(); }

  TemporaryFolder folder_;
};

TEST_F(Crafted, TheFrameItselfIsFine) {
  {
    CraftedFile file(path());
    DatasetHandle dataset = file.dataset({3}, H5P_DEFAULT);
    const float values[3] = {1, 2, 3};
    H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  }
  EXPECT_EQ(error(), "");
  EXPECT_EQ(read_model_file(path()).weights[0].weights[0].value, Tensor::from<float>({1, 2, 3}));
}

TEST_F(Crafted, BigEndianNumbersAreConverted) {
  {
    CraftedFile file(path());
    DatasetHandle dataset = file.dataset({3}, H5P_DEFAULT, H5T_IEEE_F32BE);
    const float values[3] = {1, 2, 3};
    H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  }
  EXPECT_EQ(read_model_file(path()).weights[0].weights[0].value, Tensor::from<float>({1, 2, 3}));
}

TEST_F(Crafted, CompressedByGzip) {
  const std::vector<float> values(5000, 2.0f);
  {
    CraftedFile file(path());
    PropertyHandle creation(H5Pcreate(H5P_DATASET_CREATE));
    const hsize_t chunk = 1000;
    H5Pset_chunk(creation.get(), 1, &chunk);
    H5Pset_shuffle(creation.get());
    H5Pset_deflate(creation.get(), 4);
    DatasetHandle dataset = file.dataset({5000}, creation.get());
    H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }
  EXPECT_EQ(read_model_file(path()).weights[0].weights[0].value, Tensor::from(values));
}

TEST_F(Crafted, AShapeWithoutBytesBehindIt) {
  { CraftedFile(path()).dataset({1u << 20, 1u << 20}, H5P_DEFAULT); }
  expect_refused("its shape needs");
}

TEST_F(Crafted, AShapeThatOverflows) {
  {
    PropertyHandle creation(H5Pcreate(H5P_DATASET_CREATE));
    const hsize_t chunk[3] = {1, 1, 1};
    H5Pset_chunk(creation.get(), 3, chunk);
    CraftedFile(path()).dataset({hsize_t{1} << 40, hsize_t{1} << 40, hsize_t{1} << 40}, creation.get());
  }
  EXPECT_NE(error(), "");
}

TEST_F(Crafted, AnUnknownFilter) {
  {
    CraftedFile file(path());
    PropertyHandle creation(H5Pcreate(H5P_DATASET_CREATE));
    const hsize_t chunk = 10;
    H5Pset_chunk(creation.get(), 1, &chunk);
    H5Pset_nbit(creation.get());
    DatasetHandle dataset = file.dataset({10}, creation.get());
    const float values[10] = {};
    H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  }
  expect_refused("filter number");
}

TEST_F(Crafted, ValuesInAnotherFile) {
  {
    PropertyHandle creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_external(creation.get(), "/etc/passwd", 0, 40);
    CraftedFile(path()).dataset({10}, creation.get());
  }
  expect_refused("another file");
}

TEST_F(Crafted, LinksThatLeadAway) {
  { H5Lcreate_external("/etc/passwd", "/x", CraftedFile(path()).layer(), "w", H5P_DEFAULT, H5P_DEFAULT); }
  expect_refused("external link");
  { H5Lcreate_soft("/model_weights", CraftedFile(path()).layer(), "w", H5P_DEFAULT, H5P_DEFAULT); }
  expect_refused("soft or external link");
}

// The names of a group lie in one heap, each up to its NUL. Without the NULs every name is the whole rest of the heap,
// and a small file would need memory in the square of its size.
TEST_F(Crafted, NamesThatOverlap) {
  {
    const CraftedFile file(path());
    for (int i = 0; i < 4000; ++i) {
      const std::string name = cat("member", i);
      GroupHandle(H5Gcreate2(file.layer(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    }
  }
  std::string bytes = read_bytes(path());
  for (std::size_t at = bytes.find("member"); at != std::string::npos; at = bytes.find("member", at + 1))
    for (std::size_t end = at; end < bytes.size() && end < at + 16; ++end)
      if (bytes[end] == '\0') bytes[end] = 'x';
  write_bytes(path(), bytes);
  expect_refused("more than a file of this size can hold");
}

// Every link of a path must be a plain one; what a variable's place holds instead is not skipped.
TEST_F(Crafted, ALinkWhereAVariableOfATreeShouldBe) {
  const std::string h5 = path() + ".tree";
  {
    const FileHandle file(H5Fcreate(h5.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const PropertyHandle deep(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(deep.get(), 1);
    const GroupHandle vars(H5Gcreate2(file.get(), "layers/dense/vars", deep.get(), H5P_DEFAULT, H5P_DEFAULT));
    H5Lcreate_external("/etc/passwd", "/x", vars.get(), "0", H5P_DEFAULT, H5P_DEFAULT);
  }
  const Json architecture = parse_json(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Dense", "config": {"name": "d"}}]}})");
  try {
    (void)read_weights_file(h5, architecture);
    FAIL() << "the link was taken for nothing";
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find("external link"), std::string::npos) << error.what();
  }
}

TEST_F(Crafted, ElementsThatAreNoNumbers) {
  TypeHandle compound(H5Tcreate(H5T_COMPOUND, 8));
  H5Tinsert(compound.get(), "re", 0, H5T_IEEE_F32LE);
  H5Tinsert(compound.get(), "im", 4, H5T_IEEE_F32LE);
  { CraftedFile(path()).dataset({10}, H5P_DEFAULT, compound.get()); }
  expect_refused("element type");
}

// Bytes of real files replaced at random. Whatever the damage means, the reader ends with an answer.
TEST(HostileFile, DamagedBytes) {
  const TemporaryFolder folder;
  std::mt19937 random(7);
  for (const char* name : {"keras-3.15.1-mlp_momentum/model.h5", "keras-2.0.4-mlp_adam/model.h5",
                           "keras-3.15.1-mlp_momentum/model.keras"}) {
    const std::string bytes = read_bytes(generation(name));
    for (int round = 0; round < 300; ++round) {
      std::string damaged = bytes;
      for (int i = 0; i < 1 + round % 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
      write_bytes(folder / "damaged", damaged);
      (void)is_refused(folder / "damaged");
    }
  }
}

}  // namespace
}  // namespace cornu::saving
