#include "cornu/callbacks/progbar.h"

#include <cmath>
#include <cstdio>

namespace cornu {
namespace {

constexpr int kWidth = 20;

std::string format(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

// Keras: four digits, or an exponent for tiny numbers. The line of verbose=2 forgets the sign, as Keras does.
std::string number(double value, bool by_magnitude) {
  return format((by_magnitude ? std::fabs(value) : value) > 1e-3 ? " %.4f" : " %.4e", value);
}

std::string counted(std::int64_t current, std::int64_t target) {
  const std::string total = std::to_string(target), now = std::to_string(current);
  return std::string(total.size() > now.size() ? total.size() - now.size() : 0, ' ') + now + "/" + total;
}

std::string eta(double seconds) {
  const auto s = static_cast<long long>(seconds);
  char text[64];
  if (seconds > 3600)
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s % 3600 / 60, s % 60);
  else if (seconds > 60)
    std::snprintf(text, sizeof text, "%lld:%02lld", s / 60, s % 60);
  else
    std::snprintf(text, sizeof text, "%llds", s);
  return text;
}

std::string dashes(int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += "━";
  return out;
}

}  // namespace

Progbar::Progbar(std::int64_t target, int verbose, TextSink sink, std::function<double()> clock)
    : target_(target), verbose_(verbose), sink_(std::move(sink)), clock_(std::move(clock)), start_(clock_()) {}

double Progbar::step_duration(std::int64_t current, double now) {
  if (current == 0) return 0;
  // The first step holds what is done only once; it does not count when there are more.
  const double out = after_first_ >= 0 && current > 1 ? (now - after_first_) / static_cast<double>(current - 1)
                                                      : (now - start_) / static_cast<double>(current);
  if (current == 1) after_first_ = now;
  return out;
}

std::string Progbar::time_per_step(double seconds) const {
  if (seconds >= 1 || seconds == 0) return format(" %.0fs/step", seconds);
  if (seconds >= 1e-3) return format(" %.0fms/step", seconds * 1e3);
  return format(" %.0fus/step", seconds * 1e6);
}

void Progbar::update(std::int64_t current, const Logs& logs, bool finalize) {
  const double now = clock_();
  if (verbose_ == 1) {
    if (!finalize && now - last_ < 0.05) {
      step_duration(current, now);
      return;
    }
    draw_bar(current, logs, finalize, now);
  } else if (verbose_ == 2 && finalize) {
    draw_line(current, logs, now);
  }
  last_ = now;
}

void Progbar::draw_bar(std::int64_t current, const Logs& logs, bool finalize, double now) {
  const double per_step = step_duration(current, now);
  std::string message(static_cast<std::size_t>(previous_width_), '\b');
  message += '\r';
  int width = 0;  // as the terminal counts: without control sequences, a dash is one
  if (target_ > 0) {
    const std::string bar = counted(current, target_);
    const int done = static_cast<int>(kWidth * (static_cast<double>(current) / static_cast<double>(target_)));
    message += "\x1b[1m" + bar + "\x1b[0m ";
    if (done > 0) message += "\x1b[32m" + dashes(done) + "\x1b[0m";
    message += "\x1b[37m" + dashes(kWidth - done) + "\x1b[0m";
    width = static_cast<int>(bar.size()) + 1 + kWidth;
  } else {
    char text[64];
    std::snprintf(text, sizeof text, "%7lld/Unknown", static_cast<long long>(current));
    message += text;
    width = static_cast<int>(std::string(text).size());
  }
  const std::string time =
      target_ > 0 && !finalize ? eta(per_step * static_cast<double>(target_ - current)) : format("%.0fs", now - start_);
  std::string info = time_per_step(per_step);
  for (const auto& [name, value] : logs) info += " - " + name + ":" + number(value, true);
  message += " \x1b[1m" + time + "\x1b[0m" + info;
  width += 1 + static_cast<int>(time.size() + info.size());
  if (previous_width_ > width) message += std::string(static_cast<std::size_t>(previous_width_ - width), ' ');
  if (finalize) message += '\n';
  sink_(message);
  previous_width_ = width;
}

void Progbar::draw_line(std::int64_t current, const Logs& logs, double now) {
  std::string message = counted(current, target_) + " - " + format("%.0fs", now - start_) + " -" +
                        time_per_step(step_duration(current, now));
  for (const auto& [name, value] : logs) message += " - " + name + ":" + number(value, false);
  sink_(message + "\n");
}

}  // namespace cornu
