// Sink: where judgments go. The end of a judgment segment.
//   data::Sink sink = data::sinks::json_lines("judgments.jsonl");
//   sink.write({.index = 0, .scores = model.predict(x)});
//   sink.close();                                             // a full disk is an error here at the latest
// A new kind of sink is a class with write() and flush(); wrapped in a Sink it is as good as ours.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>

#include "cornu/core/tensor.h"

namespace cornu::data {

// What a model said about one sample.
struct Judgment {
  std::int64_t index = 0;                       // number of the sample in its stream
  Tensor scores = {};                           // the model's output without a batch axis, such as (10,)
  std::optional<Tensor> target = std::nullopt;  // what it should have said, where that is known
};

// What a kind of sink implements.
class SinkBase {
 public:
  virtual ~SinkBase() = default;
  // Throws FileError (or what the sink's medium throws) when the judgment cannot be delivered.
  virtual void write(const Judgment& judgment) = 0;
  // Everything written so far has left this process when it returns.
  virtual void flush() = 0;
  // Flushes and lets the medium go; errors show here, since a destructor cannot report them.
  virtual void close() { flush(); }
};

// A cheap handle; copies share one stream. Not safe to write from several threads.
class Sink {
 public:
  template <std::derived_from<SinkBase> Kind>
  Sink(Kind kind) : base_(std::make_shared<Kind>(std::move(kind))) {}
  explicit Sink(std::shared_ptr<SinkBase> base) : base_(std::move(base)) {}

  void write(const Judgment& judgment) { base_->write(judgment); }
  // One judgment a row of `scores` (n, ...), numbered from `first_index` on; `targets` (n, ...) where known.
  // Throws ValueError when the numbers of rows differ.
  void write_batch(const Tensor& scores, const std::optional<Tensor>& targets = std::nullopt,
                   std::int64_t first_index = 0);
  void flush() { base_->flush(); }
  void close() { base_->close(); }

 private:
  std::shared_ptr<SinkBase> base_;
};

}  // namespace cornu::data
