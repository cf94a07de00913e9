// Registry: names to makers, one for each family of exchangeable parts (layers, losses, ...). It holds what Keras
// calls `get` and `deserialize`: a plain string, or {"class_name": ..., "config": {...}}. A name that is not in the
// table is an error: nothing is ever looked up anywhere else.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cornu/core/error.h"
#include "cornu/core/json.h"

namespace cornu {

// The object form of Keras 3.
inline Json serialized_object(const std::string& module, const std::string& class_name, Json config) {
  Json out = Json::object();
  out["module"] = module;
  out["class_name"] = class_name;
  out["config"] = std::move(config);
  out["registered_name"] = nullptr;
  return out;
}

// A function that is not Keras's own, as Keras writes it. It opens such a file when the function is registered there
// (or among custom_objects).
inline Json function_by_name(const std::string& name) {
  return {{"module", "builtins"}, {"class_name", "function"}, {"config", name}, {"registered_name", "function"}};
}

template <class T>
class Registry {
 public:
  using Maker = std::function<T(const Json& config)>;

  // `family` is the word for messages ("loss"); `module` is Keras's ("keras.losses").
  Registry(std::string family, std::string module) : family_(std::move(family)), module_(std::move(module)) {}

  // Registers a class; `aliases` are further strings that name it with its default configuration.
  void add(const std::string& class_name, const std::vector<std::string>& aliases, Maker maker) {
    makers_[class_name] = std::move(maker);
    for (const std::string& alias : aliases) aliases_[alias] = class_name;
  }
  bool knows(const std::string& name) const { return makers_.contains(name) || aliases_.contains(name); }
  const std::string& module() const { return module_; }

  // Makes the part that `spec` names. Throws ValueError: unknown name, with the nearest known one.
  T get(const Json& spec) const {
    if (spec.is_string()) return make(spec.get<std::string>(), Json::object());
    if (spec.is_object() && spec.contains("class_name") && spec["class_name"].is_string())
      return make(spec["class_name"].get<std::string>(), spec.contains("config") ? spec["config"] : Json::object());
    throw ValueError(cat("a ", family_, " is a name or an object\n  received: ", dump_json(spec),
                         "\n  expected: a string, or {\"class_name\": ..., \"config\": {...}}"));
  }
  T make(const std::string& name, const Json& config) const {
    // "Custom>Name" and "package>Name" are Keras's registered names.
    const std::size_t mark = name.rfind('>');
    std::string key = mark == std::string::npos ? name : name.substr(mark + 1);
    if (const auto alias = aliases_.find(key); alias != aliases_.end()) key = alias->second;
    const auto it = makers_.find(key);
    if (it == makers_.end()) throw ValueError(unknown(name));
    return it->second(config.is_null() ? Json::object() : config);
  }
  // Class names, then aliases.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, maker] : makers_) out.push_back(name);
    for (const auto& [alias, name] : aliases_) out.push_back(alias);
    return out;
  }

 private:
  std::string unknown(const std::string& name) const {
    const std::string near = nearest(name, names());
    return cat("unknown ", family_, "\n  received: \"", name, "\"\n  ",
               near.empty() ? cat("known are: ", join(names(), ", ")) : cat("did you mean \"", near, "\"?"),
               "\n  your own class: register it under this name first");
  }

  std::string family_;
  std::string module_;
  std::map<std::string, Maker> makers_;
  std::map<std::string, std::string> aliases_;
};

}  // namespace cornu
