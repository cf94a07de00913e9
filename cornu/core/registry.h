// Registry: names to makers, one for each family of exchangeable parts (layers, losses, ...). It holds what Keras
// calls `get` and `deserialize`: a plain string, or {"class_name": ..., "config": {...}}. A name that is not in the
// table is an error: nothing is ever looked up anywhere else.
#pragma once

#include <functional>
#include <map>
#include <set>
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

// Whether Keras itself, of any generation, has this module.
inline bool is_keras_module(std::string_view module) {
  const std::string_view top = module.substr(0, module.find('.'));
  return top == "keras" || top == "tf_keras" || starts_with(module, "tensorflow.keras") ||
         starts_with(module, "tensorflow.python.keras");
}

// The name that an object's class was registered under: "package>Name", or "Name". Null objects have none.
inline std::string full_name(const Json& object) {
  if (!object.is_object()) return "";
  for (const char* key : {"registered_name", "class_name"})
    if (const auto it = object.find(key); it != object.end() && it->is_string())
      if (std::string name = it->get<std::string>(); key[0] == 'c' || name.find('>') != std::string::npos) return name;
  return "";
}

// Whether an object says that its class is not Keras's: by its package or by its module.
inline bool is_foreign(const Json& object) {
  if (full_name(object).find('>') != std::string::npos) return true;
  const auto module = object.is_object() ? object.find("module") : object.end();
  return module != object.end() && module->is_string() && !is_keras_module(module->get<std::string>());
}

template <class T>
class Registry {
 public:
  using Maker = std::function<T(const Json& config)>;

  // `family` is the word for messages ("loss"); `module` is Keras's ("keras.losses").
  Registry(std::string family, std::string module) : family_(std::move(family)), module_(std::move(module)) {}

  // Registers a class; `aliases` are further strings that name it with its default configuration. A class of your own
  // is called "Name", or "package>Name" when Keras's decorator gave it a package.
  void add(const std::string& class_name, const std::vector<std::string>& aliases, Maker maker) {
    makers_[class_name] = std::move(maker);
    for (const std::string& alias : aliases) aliases_[alias] = class_name;
    keras_own_.erase(class_name);
  }
  // What was added so far is Keras's own: a class of another package that is merely called the same is not taken for
  // it.
  void end_of_keras_own() {
    for (const auto& [name, maker] : makers_) keras_own_.insert(name);
  }
  bool knows(const std::string& name) const { return find(name, false) != nullptr; }
  // Whether get() would find a maker for this object of a file.
  bool knows_object(const Json& object) const { return find(full_name(object), is_foreign(object)) != nullptr; }
  // The object form of Keras 3. A class of your own names no module: Keras finds it when it is registered there too, or
  // among custom_objects.
  Json serialize(const std::string& class_name, Json config) const {
    if (keras_own_.contains(class_name)) return serialized_object(module_, class_name, std::move(config));
    Json out = serialized_object("", class_name.substr(class_name.rfind('>') + 1), std::move(config));
    out["module"] = nullptr;
    out["registered_name"] = class_name;
    return out;
  }

  // Makes the part that `spec` names. Throws ValueError: unknown name, with the nearest known one.
  T get(const Json& spec) const {
    if (spec.is_string()) return make(spec.get<std::string>(), Json::object());
    if (spec.is_object() && spec.contains("class_name") && spec["class_name"].is_string()) {
      const Maker* maker = find(full_name(spec), is_foreign(spec));
      if (maker == nullptr) throw ValueError(unknown(full_name(spec), spec));
      return call(*maker, spec.contains("config") ? spec["config"] : Json::object());
    }
    throw ValueError(cat("a ", family_, " is a name or an object\n  received: ", dump_json(spec),
                         "\n  expected: a string, or {\"class_name\": ..., \"config\": {...}}"));
  }
  T make(const std::string& name, const Json& config) const {
    const Maker* maker = find(name, false);
    if (maker == nullptr) throw ValueError(unknown(name, nullptr));
    return call(*maker, config);
  }
  // Class names, then aliases.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, maker] : makers_) out.push_back(name);
    for (const auto& [alias, name] : aliases_) out.push_back(alias);
    return out;
  }

 private:
  static T call(const Maker& maker, const Json& config) { return maker(config.is_null() ? Json::object() : config); }

  // "package>Name" is looked up as it stands, then "Name"; null when there is neither, or when Name is Keras's and the
  // object is not.
  const Maker* find(const std::string& name, bool foreign) const {
    if (const auto exact = makers_.find(name); exact != makers_.end() && !(foreign && keras_own_.contains(name)))
      return &exact->second;
    const std::size_t mark = name.rfind('>');
    std::string key = mark == std::string::npos ? name : name.substr(mark + 1);
    if (const auto alias = aliases_.find(key); alias != aliases_.end()) key = alias->second;
    const auto it = makers_.find(key);
    if (it == makers_.end() || ((foreign || mark != std::string::npos) && keras_own_.contains(key))) return nullptr;
    return &it->second;
  }
  std::string unknown(const std::string& name, const Json& object) const {
    const std::string bare = name.substr(name.rfind('>') + 1);
    if (keras_own_.contains(bare))
      return cat(family_, " ", name, " is not Keras's ", bare, ", though it is called so\n  received: module ",
                 object.is_object() && object.contains("module") ? dump_json(object["module"]) : "null",
                 "\n  your own class: register it under \"", name, "\" first");
    const std::string near = nearest(name, names());
    return cat("unknown ", family_, "\n  received: \"", name, "\"\n  ",
               near.empty() ? cat("known are: ", join(names(), ", ")) : cat("did you mean \"", near, "\"?"),
               "\n  your own class: register it under this name first");
  }

  std::string family_;
  std::string module_;
  std::map<std::string, Maker> makers_;
  std::map<std::string, std::string> aliases_;
  std::set<std::string> keras_own_;
};

}  // namespace cornu
