#include "cornu/data/sinks/json_lines.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "cornu/core/error.h"

namespace cornu::data::sinks {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;

template <class T>
void append_number(T value, std::string& out) {
  char digits[32];
  std::to_chars_result end{};
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
    return;
  } else if constexpr (std::is_integral_v<T>) {
    end = std::to_chars(digits, digits + sizeof digits, static_cast<long long>(value));
    if constexpr (std::is_same_v<T, std::uint64_t>) end = std::to_chars(digits, digits + sizeof digits, value);
  } else if constexpr (std::is_same_v<T, double>) {
    if (!std::isfinite(value)) return void(out += "null");
    end = std::to_chars(digits, digits + sizeof digits, value);
  } else {
    // In float's own precision: 0.1f is written 0.1, not 0.10000000149011612.
    const auto narrow = static_cast<float>(value);
    if (!std::isfinite(narrow)) return void(out += "null");
    end = std::to_chars(digits, digits + sizeof digits, narrow);
  }
  out.append(digits, end.ptr);
}

// Nested lists in the shape of the tensor; a scalar is a bare number.
template <class T>
const T* append_nested(const T* data, const Shape& shape, int axis, std::string& out) {
  if (axis == shape.rank()) {
    append_number(*data, out);
    return data + 1;
  }
  out += '[';
  for (std::int64_t i = 0; i < shape[axis]; ++i) {
    if (i > 0) out += ", ";
    data = append_nested(data, shape, axis + 1, out);
  }
  out += ']';
  return data;
}

void append_tensor(const Tensor& tensor, std::string& out) {
  dispatch(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    append_nested(tensor.data<T>(), tensor.shape(), 0, out);
  });
}

class JsonLines final : public SinkBase {
 public:
  JsonLines(const std::string& path, const JsonLinesOptions& options) : path_(path), options_(options) {
    if (path == "-") {
      path_ = "standard output";
      descriptor_ = STDOUT_FILENO;
      return;
    }
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (options.append ? O_APPEND : O_TRUNC), 0666);
    if (descriptor_ < 0) fail();
  }
  JsonLines(JsonLines&& other) noexcept
      : path_(std::move(other.path_)),
        options_(other.options_),
        descriptor_(std::exchange(other.descriptor_, -1)),
        pending_(std::exchange(other.pending_, {})) {}
  JsonLines& operator=(JsonLines&&) = delete;
  ~JsonLines() override {
    try {
      close();
    } catch (const std::exception&) {  // whoever wants to know calls close()
      release();
    }
  }

  void write(const Judgment& judgment) override {
    if (descriptor_ < 0) throw FileError(cat("cannot write to \"", path_, "\"\n  received: a judgment after close()"));
    pending_ += to_json_line(judgment);
    pending_ += '\n';
    if (options_.flush_every_line || pending_.size() >= kPiece) flush();
  }

  void flush() override {
    std::string_view rest = pending_;
    while (!rest.empty()) {
      const ssize_t n = ::write(descriptor_, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        // What was written stays out of the next attempt, so that no line appears twice.
        const int error = errno;
        pending_.erase(0, pending_.size() - rest.size());
        errno = error;
        fail();
      }
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    pending_.clear();
  }

  void close() override {
    if (descriptor_ < 0) return;
    flush();
    if (!release()) fail();
  }

 private:
  // Network file systems tell a full disk only here.
  bool release() {
    const int descriptor = std::exchange(descriptor_, -1);
    return descriptor < 0 || descriptor == STDOUT_FILENO || ::close(descriptor) == 0;
  }
  [[noreturn]] void fail() const {
    throw FileError(cat("cannot write to \"", path_, "\"\n  received: ", std::strerror(errno),
                        "\n  expected: a place that this user may write to, with room for the judgments"));
  }

  std::string path_;
  JsonLinesOptions options_;
  int descriptor_ = -1;
  std::string pending_;
};

}  // namespace

std::string to_json_line(const Judgment& judgment) {
  const Tensor& scores = judgment.scores;
  std::string out = "{\"index\": " + std::to_string(judgment.index);
  if (scores.size() > 0) {
    out += ", \"prediction\": ";
    if (scores.size() == 1)
      append_tensor(scores.reshape({}), out);
    else
      append_tensor(scores.argmax(-1), out);
  }
  out += ", \"scores\": ";
  append_tensor(scores, out);
  if (judgment.target) {
    out += ", \"target\": ";
    append_tensor(*judgment.target, out);
  }
  out += '}';
  return out;
}

Sink json_lines(const std::string& path, const JsonLinesOptions& options) { return JsonLines(path, options); }

}  // namespace cornu::data::sinks
