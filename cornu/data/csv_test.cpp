#include "cornu/data/csv.h"

#include <cmath>

#include "cornu/data/test_files.h"

namespace cornu::data {
namespace {

Tensor parse(std::string_view text, const CsvOptions& options = {}) { return parse_csv(text, "test.csv", options); }

TEST(Csv, WholeNumbersStayIntegers) {
  EXPECT_EQ(parse("1,2\n3,4\n"), Tensor::from<std::int32_t>({1, 2, 3, 4}, {2, 2}));
  EXPECT_EQ(parse("1,2\n3,3000000000"), Tensor::from<std::int64_t>({1, 2, 3, 3000000000}, {2, 2}));
  EXPECT_EQ(parse("1,100000000000000000000\n").dtype(), float64);
  EXPECT_EQ(parse("7\n-8\n+9\n"), Tensor::from<std::int32_t>({7, -8, 9}));
  EXPECT_EQ(parse("1,2\n", {.dtype = float64}).dtype(), float64);
}

TEST(Csv, FractionsGiveFloat32) {
  const Tensor t = parse("1,2.5\n-3e2, +4 \n");
  EXPECT_EQ(t, Tensor::from<float>({1, 2.5f, -300, 4}, {2, 2}));
  EXPECT_TRUE(std::isnan(parse("nan,1\n").at(0)));
  EXPECT_TRUE(std::isinf(parse("inf,1\n").at(0)));
  EXPECT_EQ(parse("1e-400,1\n", {.dtype = float64}).at(0), 0.0);
}

TEST(Csv, PassesOverHeadingsRemarksAndForeignHabits) {
  const Tensor expected = Tensor::from<std::int32_t>({1, 2, 3, 4}, {2, 2});
  EXPECT_EQ(parse("a,b\n1,2\n3,4\n"), expected);
  EXPECT_EQ(parse("\xEF\xBB\xBF"
                  "a;b\r\n1;2\r\n\r\n3;4\r\n"),
            expected);
  EXPECT_EQ(parse("# made by hand\n\n\"1\"\t\"2\"\n3\t4\n\n"), expected);
  EXPECT_EQ(parse("1:2\n3:4", {.separator = ':'}), expected);
}

TEST(Csv, ErrorsNameTheLine) {
  EXPECT_NE(error_of([] { parse("1,2\n3\n"); }).find("line 2"), std::string::npos);
  EXPECT_NE(error_of([] { parse("a,b\n1,2\n\n3,4,5\n"); }).find("line 4"), std::string::npos);
  EXPECT_NE(error_of([] { parse("1,2\n3,x\n"); }).find("column 2"), std::string::npos);
  EXPECT_NE(error_of([] { parse("1,\n"); }).find("nan"), std::string::npos);
  EXPECT_THROW(parse("1,b\n"), FileError);  // a heading has no number at all
  EXPECT_THROW(parse(""), FileError);
  EXPECT_THROW(parse("a,b\n"), FileError);
  EXPECT_THROW(parse("1\n--5\n"), FileError);
  EXPECT_THROW(parse(std::string_view("1,2\n\0\0,3\n", 9)), FileError);
  EXPECT_THROW(parse("1-2\n"), FileError);
}

TEST(Csv, ManyShortLinesAfterAWideOneAllocateNothingMuch) {
  std::string text(1 << 20, ',');
  text += "1\n";
  for (int i = 0; i < 100000; ++i) text += "1\n";
  EXPECT_THROW(parse(text), FileError);
}

TEST(Csv, ReadsFilesAndGzip) {
  const TemporaryFolder folder;
  EXPECT_EQ(load_csv(folder.write("a.csv.gz", gzip("1,2\n"))), Tensor::from<std::int32_t>({1, 2}, {1, 2}));
  EXPECT_THROW(load_csv(folder / "absent.csv"), FileError);
}

}  // namespace
}  // namespace cornu::data
