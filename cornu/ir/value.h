// Value: a symbolic tensor of a graph that is being built. Layers, losses, metrics and optimizers are written with it
// and with the functions of ops.h; they compute nothing, they append nodes.
#pragma once

#include <map>
#include <optional>

#include "cornu/ir/graph.h"

namespace cornu {

class Builder;

class Value {
 public:
  Value() = default;
  Value(Builder* builder, ir::ValueId id) : builder_(builder), id_(id) {}

  bool defined() const { return builder_ != nullptr; }
  explicit operator bool() const { return defined(); }
  Builder& builder() const { return *builder_; }
  ir::ValueId id() const { return id_; }
  const ir::Type& type() const;
  const Shape& shape() const { return type().shape; }
  // Negative positions count from the end.
  std::int64_t dim(int i) const { return shape().at(i); }
  int rank() const { return shape().rank(); }
  DType dtype() const { return type().dtype; }

 private:
  Builder* builder_ = nullptr;
  ir::ValueId id_ = -1;
};

// Makes one graph. Values point to their builder, so it stays where it is.
class Builder {
 public:
  Builder() = default;
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  ir::Graph& graph() { return graph_; }
  const ir::Graph& graph() const { return graph_; }

  Value parameter(std::string name, Shape shape, DType dtype = float32);
  // Remembers a value as an output and gives its position.
  int output(Value value);
  Value add(ir::Op op, const std::vector<Value>& operands, ir::Attributes attributes = {});
  Value add_typed(ir::Op op, const std::vector<Value>& operands, ir::Attributes attributes, ir::Type type);

  // Side notes on values, which a graph itself does not hold: the logits that a softmax or sigmoid was made from, so
  // that a cross-entropy after it can start from them (as Keras on TensorFlow does).
  struct Origin {
    enum Kind { kSoftmax, kSigmoid } kind;
    Value logits;
  };
  // The part of a batch that this graph is for, when several replicas share one. What is a mean over the batch is then
  // a sum over replicas (ops::all_reduce) of what each of them adds.
  struct Share {
    int replicas = 1;
    // Of the `batch` rows, this replica has `rows`. None: it computes with a row of another one, which counts nothing.
    std::int64_t rows = 1, batch = 1;

    bool is_whole() const { return replicas == 1; }
    // What a mean over this replica's rows counts in the mean over the batch.
    double fraction() const { return static_cast<double>(rows) / static_cast<double>(batch); }
    bool operator==(const Share&) const = default;
  };
  const Share& share() const { return share_; }
  void set_share(const Share& share) { share_ = share; }

  void set_origin(Value value, Origin origin) { origins_.insert_or_assign(value.id(), origin); }
  std::optional<Origin> origin(Value value) const;

 private:
  ir::Graph graph_;
  std::map<ir::ValueId, Origin> origins_;
  Share share_;
};

}  // namespace cornu
