#include <limits>
#include <sstream>

#include "cornu/core/json.h"
#include "cornu/data/sinks/json_lines.h"
#include "cornu/data/test_files.h"

namespace cornu::data {
namespace {

TEST(JsonLines, OneObjectALine) {
  EXPECT_EQ(
      sinks::to_json_line(
          {.index = 3, .scores = Tensor::from<float>({0.1f, 0.7f, 0.2f}), .target = Tensor::scalar(std::uint8_t{1})}),
      R"({"index": 3, "prediction": 1, "scores": [0.1, 0.7, 0.2], "target": 1})");
  EXPECT_EQ(sinks::to_json_line({.scores = Tensor::from<double>({0.25})}),
            R"({"index": 0, "prediction": 0.25, "scores": [0.25]})");
  EXPECT_EQ(sinks::to_json_line(
                {.scores = Tensor::from<float>({1, 2, 4, 3}, {2, 2}), .target = Tensor::from<std::int64_t>({1, 0})}),
            R"({"index": 0, "prediction": [1, 0], "scores": [[1, 2], [4, 3]], "target": [1, 0]})");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(sinks::to_json_line({.scores = Tensor::from<float>({1e-7f, nan})}),
            R"({"index": 0, "prediction": 0, "scores": [1e-07, null]})");
  EXPECT_EQ(sinks::to_json_line({}), R"({"index": 0, "scores": []})");
}

TEST(JsonLines, WritesAndAppends) {
  const TemporaryFolder folder;
  Sink sink = sinks::json_lines(folder / "out.jsonl");
  sink.write_batch(Tensor::from<float>({0, 1, 1, 0}, {2, 2}), Tensor::from<std::int32_t>({1, 0}), 10);
  sink.close();
  EXPECT_THROW(sink.write({}), FileError);
  {
    Sink more = sinks::json_lines(folder / "out.jsonl", {.append = true});
    more.write({.index = 12, .scores = Tensor::from<float>({0, 1})});
  }  // a forgotten close() loses nothing
  std::istringstream lines(read_text(folder / "out.jsonl"));
  std::string line;
  for (int i = 10; i < 13; ++i) {
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(parse_json(line)["index"], i);
  }
  EXPECT_FALSE(std::getline(lines, line));
}

TEST(JsonLines, FlushesEachLineWhenAsked) {
  const TemporaryFolder folder;
  Sink sink = sinks::json_lines(folder / "out.jsonl", {.flush_every_line = true});
  sink.write({.scores = Tensor::from<float>({1})});
  EXPECT_NE(read_text(folder / "out.jsonl"), "");
}

TEST(JsonLines, AFullDiskIsAnError) {
  const TemporaryFolder folder;
  EXPECT_THROW(sinks::json_lines(folder / "no/folder"), FileError);
  EXPECT_THROW(sinks::json_lines(folder.path()), FileError);
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  Sink sink = sinks::json_lines("/dev/full");
  sink.write({.scores = Tensor::from<float>({1})});
  EXPECT_NE(error_of([&] { sink.close(); }).find("No space left"), std::string::npos);
  Sink forgotten = sinks::json_lines("/dev/full");
  forgotten.write({.scores = Tensor::from<float>({1})});  // its destructor must not throw
}

TEST(Sink, ShapesMustFit) {
  const TemporaryFolder folder;
  Sink sink = sinks::json_lines(folder / "out");
  EXPECT_THROW(sink.write_batch(Tensor({2, 2}), Tensor({3})), ValueError);
  EXPECT_THROW(sink.write_batch(Tensor::scalar(1.0f)), ValueError);
}

}  // namespace
}  // namespace cornu::data
