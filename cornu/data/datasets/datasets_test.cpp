#include <cstdlib>

#include "cornu/data/datasets/fashion_mnist.h"
#include "cornu/data/datasets/fetch.h"
#include "cornu/data/datasets/mnist.h"
#include "cornu/data/npy.h"
#include "cornu/data/sha256.h"
#include "cornu/data/test_files.h"

namespace cornu::datasets {
namespace {

using data::error_of;
using data::gzip;
using data::idx_bytes;

// Sets a variable for one test.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    if (old_)
      ::setenv(name_, old_->c_str(), 1);
    else
      ::unsetenv(name_);
  }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

// Four files of `train` and one test picture; the first label tells the sets apart.
void write_idx_set(const TemporaryFolder& folder, const std::string& where, char label, bool zipped) {
  const auto put = [&](const std::string& name, const std::string& bytes) {
    folder.write(where + name + (zipped ? ".gz" : ""), zipped ? gzip(bytes) : bytes);
  };
  put("train-images-idx3-ubyte", idx_bytes({2, 28, 28}, std::string(2 * 784, 'p')));
  put("train-labels-idx1-ubyte", idx_bytes({2}, {label, 1}));
  put("t10k-images-idx3-ubyte", idx_bytes({1, 28, 28}, std::string(784, 'q')));
  put("t10k-labels-idx1-ubyte", idx_bytes({1}, {label}));
}

ImageSet small_set(const std::string& url) {
  return {.name = "Small",
          .folders = {"small"},
          .npz = "small.npz",
          .cache_folder = "",
          .url = url,
          .remote = {{"small.npz", ""}},
          .advice = "either plant it"};
}

void write_npz_set(const std::string& path, std::uint8_t label) {
  data::save_npz(path, {{"x_train", Tensor({2, 28, 28}, uint8)},
                        {"y_train", Tensor::full({2}, label, uint8)},
                        {"x_test", Tensor({1, 28, 28}, uint8)},
                        {"y_test", Tensor::full({1}, label, uint8)}});
}

TEST(Datasets, SearchOrder) {
  const TemporaryFolder folder;
  const Places places{
      .user = folder / "user", .keras_cache = folder / "keras", .system = folder / "system", .download = false};
  const ImageSet set = small_set("");
  const auto label = [&] { return load_image_set(set, "", places).train.y.at(0); };
  write_idx_set(folder, "system/small/", 1, true);
  EXPECT_EQ(label(), 1);
  std::filesystem::create_directories(folder / "keras");
  write_npz_set(folder / "keras/small.npz", 2);
  EXPECT_EQ(label(), 2);
  write_idx_set(folder, "user/", 3, false);
  EXPECT_EQ(label(), 3);
  write_idx_set(folder, "user/small/", 4, true);
  EXPECT_EQ(label(), 4);
  const auto [train, test] = load_image_set(set, folder / "user", places);  // an explicit folder beats all of them
  EXPECT_EQ(train.y.at(0), 3);
  EXPECT_EQ(train.x.shape(), (Shape{2, 28, 28}));
  EXPECT_EQ(test.x.shape(), (Shape{1, 28, 28}));
  EXPECT_EQ(test.x.dtype(), uint8);
  EXPECT_EQ(load_image_set(set, folder / "keras/small.npz", places).train.y.at(0), 2);
  EXPECT_EQ(load_image_set(set, "small.npz", places).train.y.at(0), 2);  // Keras's own way to name it
}

TEST(Datasets, NotFoundNamesThePlacesAndTheWaysOut) {
  const TemporaryFolder folder;
  folder.write("user/train-images-idx3-ubyte.gz", "half of it");
  const Places places{
      .user = folder / "user", .keras_cache = folder / "keras", .system = folder / "system", .download = false};
  const std::string message = error_of([&] { load_image_set(small_set(""), "", places); });
  for (const char* part :
       {"user/small", "keras/small.npz", "system/small", "incomplete", "train-labels-idx1-ubyte", "plant it"})
    EXPECT_NE(message.find(part), std::string::npos) << part << "\n" << message;
  EXPECT_NE(error_of([&] { load_image_set(small_set(""), folder / "nowhere", places); }).find("nowhere"),
            std::string::npos);
}

TEST(Datasets, DownloadsOnceAndChecks) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "server");
  write_npz_set(folder / "server/small.npz", 5);
  ImageSet set = small_set("file://" + folder.path() + "/server/");
  const Places places{.user = "", .keras_cache = folder / "keras", .system = folder / "system", .download = true};
  set.remote[0].sha256 = std::string(64, '0');
  EXPECT_NE(error_of([&] { load_image_set(set, "", places); }).find("SHA-256"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "keras"));
  set.remote[0].sha256 = data::sha256_of_file(folder / "server/small.npz");
  EXPECT_EQ(load_image_set(set, "", places).train.y.at(0), 5);
  std::filesystem::remove(folder / "server/small.npz");
  EXPECT_EQ(load_image_set(set, "", places).train.y.at(0), 5);  // from the cache now
}

TEST(Fetch, SaysWhatWentWrong) {
  const TemporaryFolder folder;
  EXPECT_NE(error_of([&] { data::fetch("file:///nowhere/at/all", folder / "x", ""); }).find("curl"), std::string::npos);
  EXPECT_NE(error_of([&] { data::fetch("http://127.0.0.1:9/x", folder / "x", ""); }), "");
  {
    const Environment path("PATH", folder.path());
    EXPECT_NE(error_of([&] { data::fetch("file:///nowhere", folder / "x", ""); }).find("apt-get install curl"),
              std::string::npos);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Datasets, DamagedFilesAreErrorsNotTheNextPlace) {
  const TemporaryFolder folder;
  write_idx_set(folder, "", 1, true);
  folder.write("t10k-labels-idx1-ubyte.gz", gzip(idx_bytes({2}, "ab")));
  EXPECT_NE(error_of([&] { mnist::load_data(folder.path()); }).find("t10k-labels"), std::string::npos);
  folder.write("train-images-idx3-ubyte.gz", "\x1f\x8b and no more");
  EXPECT_NE(error_of([&] { mnist::load_data(folder.path()); }).find("damaged"), std::string::npos);
}

TEST(Mnist, TakesAFolderOfItsFamilyFromTheEnvironment) {
  const TemporaryFolder folder;
  write_idx_set(folder, "", 6, false);
  const Environment data_folder("CORNU_DATA", folder.path());
  const auto [train, test] = mnist::load_data();
  EXPECT_EQ(train.y.at(0), 6);
  EXPECT_EQ(test.y.size(), 1);
}

TEST(Mnist, OfflineErrorShowsTheWayOut) {
  const TemporaryFolder folder;
  const Environment data_folder("CORNU_DATA", ""), keras("KERAS_HOME", folder.path()), offline("CORNU_OFFLINE", "1");
  if (std::filesystem::exists("/usr/share/datasets/mnist"))
    GTEST_SKIP() << "MNIST is installed here, so its absence cannot be tested";
  EXPECT_NE(error_of([] { mnist::load_data(); }).find("apt-get install dataset-fashion-mnist"), std::string::npos);
}

TEST(FashionMnist, IsDebiansPackage) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist"))
    GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  const TemporaryFolder folder;
  const Environment data_folder("CORNU_DATA", ""), keras("KERAS_HOME", folder.path());
  const auto [train, test] = fashion_mnist::load_data();
  EXPECT_EQ(train.x.shape(), (Shape{60000, 28, 28}));
  EXPECT_EQ(test.x.shape(), (Shape{10000, 28, 28}));
  EXPECT_EQ(train.y.rows(0, 5).to_vector<int>(), (std::vector<int>{9, 0, 0, 3, 0}));
  EXPECT_EQ(test.y.rows(0, 5).to_vector<int>(), (std::vector<int>{9, 2, 1, 1, 6}));
}

}  // namespace
}  // namespace cornu::datasets
