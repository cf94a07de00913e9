// Progbar: one line that tells how far a loop is, as Keras draws it.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "cornu/callbacks/logs.h"

namespace cornu {

// Where text goes: whole pieces, control characters included.
using TextSink = std::function<void(const std::string&)>;

class Progbar {
 public:
  // `target`: number of steps, 0 when unknown. `verbose`: 1 a bar that is redrawn at most every 50 ms, 2 one line at
  // the end. `clock` gives seconds.
  Progbar(std::int64_t target, int verbose, TextSink sink, std::function<double()> clock);

  // Whether update() would draw now: asking is cheap, so logs need not be computed for nothing.
  bool due() const { return verbose_ == 1 && clock_() - last_ >= 0.05; }
  void update(std::int64_t current, const Logs& logs, bool finalize);

 private:
  std::string time_per_step(double seconds) const;
  void draw_bar(std::int64_t current, const Logs& logs, bool finalize, double now);
  void draw_line(std::int64_t current, const Logs& logs, double now);
  double step_duration(std::int64_t current, double now);

  std::int64_t target_;
  int verbose_;
  TextSink sink_;
  std::function<double()> clock_;
  double start_, last_ = 0, after_first_ = -1;
  int previous_width_ = 0;
};

}  // namespace cornu
