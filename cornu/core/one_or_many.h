// OneOrMany: one T, a list of them, or a dict by name: what Keras takes wherever a model may have several inputs or
// outputs. Written as in Python: x, {x, y}, {{"left", x}, {"right", y}}.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace cornu {

template <class T>
class OneOrMany {
 public:
  enum class Form { kNone, kOne, kList, kDict };

  OneOrMany() = default;
  template <class U>
  requires(std::convertible_to<U, T> && !std::same_as<std::remove_cvref_t<U>, OneOrMany>) OneOrMany(U&& one)
      : form_(Form::kOne), values_{T(std::forward<U>(one))} {}
  OneOrMany(std::initializer_list<T> list) : form_(Form::kList), values_(list) {}
  OneOrMany(std::vector<T> list) : form_(Form::kList), values_(std::move(list)) {}
  OneOrMany(std::initializer_list<std::pair<std::string, T>> dict) : form_(Form::kDict) {
    for (const auto& [name, value] : dict) add(name, value);
  }
  OneOrMany(const std::map<std::string, T>& dict) : form_(Form::kDict) {
    for (const auto& [name, value] : dict) add(name, value);
  }
  OneOrMany(const std::optional<T>& one) {
    if (one) *this = OneOrMany(*one);
  }

  Form form() const { return form_; }
  bool is_one() const { return form_ == Form::kOne; }
  bool is_list() const { return form_ == Form::kList; }
  bool is_dict() const { return form_ == Form::kDict; }
  // Nothing at all, as when the argument was left out.
  explicit operator bool() const { return form_ != Form::kNone; }

  // In the order given.
  const std::vector<T>& values() const { return values_; }
  std::size_t size() const { return values_.size(); }
  // Of a dict, in the order given; empty otherwise.
  const std::vector<std::string>& names() const { return names_; }
  // The value of this name in a dict; null when there is none.
  const T* find(const std::string& name) const {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (names_[i] == name) return &values_[i];
    return nullptr;
  }
  // The same form with other values: f(value) for each.
  template <class F>
  auto map(const F& f) const {
    using U = std::decay_t<decltype(f(values_[0]))>;
    std::vector<U> values;
    for (const T& value : values_) values.push_back(f(value));
    if (is_one()) return OneOrMany<U>(values[0]);
    if (is_list()) return OneOrMany<U>(std::move(values));
    OneOrMany<U> out;
    for (std::size_t i = 0; i < names_.size(); ++i) out.add(names_[i], values[i]);
    return out;
  }
  // Adds an entry to a dict; an empty OneOrMany becomes one.
  void add(const std::string& name, T value) {
    form_ = Form::kDict;
    names_.push_back(name);
    values_.push_back(std::move(value));
  }

 private:
  Form form_ = Form::kNone;
  std::vector<T> values_;
  std::vector<std::string> names_;
};

}  // namespace cornu
