#include "cornu/losses/target_checks.h"

#include "cornu/core/error.h"
#include "cornu/losses/reduction.h"

namespace cornu::losses {
namespace {

bool match(Shape a, Shape b) {
  same_rank(a, b);
  return a == b;
}

// "(batch, 10)": the number of samples is not what is wrong.
std::string per_batch(const Shape& shape) {
  std::string out = "(batch";
  for (int i = 1; i < shape.rank(); ++i) out += cat(", ", shape[i]);
  return out + ")";
}

std::string came(const ir::Type& y_true, const ir::Type& y_pred) {
  return cat("  received: y of shape ", y_true.shape, " and type ", name_of(y_true.dtype), ", predictions of shape ",
             y_pred.shape, "\n");
}

// (batch,) or (batch, 1), where the predictions have several columns.
bool looks_like_class_numbers(const ir::Type& y_true, const ir::Type& y_pred) {
  const Shape& t = y_true.shape;
  const Shape& p = y_pred.shape;
  if (p.rank() < 2 || p.back() == 1) return false;
  const Shape samples = p.slice(0, p.rank() - 1);
  return t == samples || (t.rank() == p.rank() && t.back() == 1 && t.slice(0, t.rank() - 1) == samples);
}

}  // namespace

void check_same_shape(const ir::Type& y_true, const ir::Type& y_pred) {
  if (match(y_true.shape, y_pred.shape)) return;
  throw ValueError(cat("this loss expects one target for each prediction: y of shape ", per_batch(y_pred.shape), "\n",
                       came(y_true, y_pred),
                       "  either reshape y, or give the last layer as many units as y has columns"));
}

void check_binary_targets(const ir::Type& y_true, const ir::Type& y_pred) {
  if (match(y_true.shape, y_pred.shape)) return;
  std::string way_out = "  either reshape y, or give the last layer as many units as y has columns";
  if (looks_like_class_numbers(y_true, y_pred))
    way_out = cat("  for one of ", y_pred.shape.back(), " classes: use the loss \"sparse_categorical_crossentropy\"\n",
                  "  for yes or no: give the last layer one unit with \"sigmoid\"");
  throw ValueError(cat("a binary crossentropy expects one target for each prediction: y of shape ",
                       per_batch(y_pred.shape), "\n", came(y_true, y_pred), way_out));
}

void check_one_hot_targets(const ir::Type& y_true, const ir::Type& y_pred) {
  if (match(y_true.shape, y_pred.shape)) return;
  std::string way_out = "  either reshape y, or give the last layer as many units as there are classes";
  if (looks_like_class_numbers(y_true, y_pred))
    way_out = cat("  either convert them: to_categorical(y, ", y_pred.shape.back(), ")\n",
                  "  or use the loss \"sparse_categorical_crossentropy\"");
  throw ValueError(cat("categorical_crossentropy expects targets of shape ", per_batch(y_pred.shape),
                       ", one column per class\n", came(y_true, y_pred), way_out));
}

void check_class_number_targets(const ir::Type& y_true, const ir::Type& y_pred, int axis) {
  const Shape& p = y_pred.shape;
  if (axis != -1 && axis != p.rank() - 1)
    throw ValueError(cat("sparse_categorical_crossentropy expects the classes on the last axis\n  received: axis ",
                         axis, " for predictions of shape ", p, "\n  move that axis to the end: layers::Permute"));
  const Shape samples = p.rank() > 0 ? p.slice(0, p.rank() - 1) : p;
  Shape t = y_true.shape;
  if (t.rank() == p.rank() && p.rank() > 0 && t.back() == 1) t.erase(t.rank() - 1);
  if (t == samples && p.rank() > 0) return;
  std::string way_out = "  either reshape y, or let the last layer give one row of class scores for each target";
  if (y_true.shape == p) way_out = "  y has one column per class: use the loss \"categorical_crossentropy\"";
  throw ValueError(cat("sparse_categorical_crossentropy expects class numbers of shape ",
                       p.rank() > 0 ? per_batch(samples) : "(batch)", "\n", came(y_true, y_pred), way_out));
}

}  // namespace cornu::losses
