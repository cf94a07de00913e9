// cornu diff: what differs between two model files, whatever their formats and generations.
#include <algorithm>
#include <cmath>

#include "tools/cornu/command.h"
#include "tools/cornu/loading.h"
#include "tools/cornu/output.h"

namespace cornu::tool {
namespace {

using saving::NamedTensor;

struct DiffWords {
  ModelWords a, b;
  bool json = false;
};

// Numbers in configurations pass through float32 in some generations, so they are compared as such.
bool same_value(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number())
    return a == b || static_cast<float>(a.get<double>()) == static_cast<float>(b.get<double>());
  return a == b;
}

// What a file may say or leave out, and another does, about the very same model.
bool is_bookkeeping(const std::string& key) { return key == "shared_object_id" || key == "build_config"; }

// Every place where two JSON values differ: {"at": "config.layers[1].config.units", "a": 64, "b": 32}.
void compare_json(const Json& a, const Json& b, const std::string& at, Json& out) {
  if (a.is_object() && b.is_object()) {
    const auto below = [&](const std::string& key) { return at.empty() ? key : at + "." + key; };
    for (const auto& [key, value] : a.items())
      if (!is_bookkeeping(key)) compare_json(value, b.contains(key) ? b[key] : Json(), below(key), out);
    for (const auto& [key, value] : b.items())
      if (!a.contains(key) && !is_bookkeeping(key)) compare_json(Json(), value, below(key), out);
  } else if (a.is_array() && b.is_array()) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
      compare_json(i < a.size() ? a[i] : Json(), i < b.size() ? b[i] : Json(), cat(at, "[", i, "]"), out);
  } else if (!same_value(a, b)) {
    out.push_back({{"at", at}, {"a", a}, {"b", b}});
  }
}

std::string shown_type(const NamedTensor* t) {
  return t ? cat(name_of(t->value.dtype()), " ", t->value.shape()) : std::string("absent");
}

void compare_tensor(const NamedTensor* a, const NamedTensor* b, Json& out) {
  const std::string name = (a ? a : b)->name;
  if (!a || !b || a->value.shape() != b->value.shape() || a->value.dtype() != b->value.dtype()) {
    out.push_back({{"at", name}, {"a", shown_type(a)}, {"b", shown_type(b)}});
    return;
  }
  if (a->value == b->value) return;
  double largest = 0, scale = 0;
  std::int64_t differing = 0;
  for (std::int64_t i = 0; i < a->value.size(); ++i) {
    const double va = a->value.at(i), vb = b->value.at(i);
    if (va == vb || (std::isnan(va) && std::isnan(vb))) continue;
    ++differing;
    largest = std::isnan(va - vb) ? va - vb : std::max(largest, std::fabs(va - vb));
    scale = std::max({scale, std::fabs(va), std::fabs(vb)});
  }
  if (differing)
    out.push_back({{"at", name},
                   {"elements", a->value.size()},
                   {"differing", differing},
                   {"largest_difference", largest},
                   {"largest_value", scale}});
}

void compare_tensors(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b, Json& out) {
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
    compare_tensor(i < a.size() ? &a[i] : nullptr, i < b.size() ? &b[i] : nullptr, out);
}

// All weights in the order of the layers. Position says what belongs together: names count on from model to model.
std::vector<NamedTensor> all_weights(const saving::ModelFile& file) {
  std::vector<NamedTensor> out;
  for (const saving::LayerWeights& group : file.weights)
    out.insert(out.end(), group.weights.begin(), group.weights.end());
  return out;
}

std::string shown(const std::string& title, const Json& list) {
  std::string out = title + ": " +
                    (list.empty() ? "same" : cat(list.size(), list.size() == 1 ? " difference" : " differences")) +
                    "\n";
  for (const Json& item : list) {
    out += "  " + item["at"].get<std::string>() + ": ";
    if (item.contains("largest_difference"))
      out += cat(item["differing"].get<std::int64_t>(), " of ", item["elements"].get<std::int64_t>(),
                 " numbers, by up to ", repr(item["largest_difference"].get<double>()), " (largest number ",
                 repr(item["largest_value"].get<double>()), ")\n");
    else
      out += dump_json(item["a"]) + " | " + dump_json(item["b"]) + "\n";
  }
  return out;
}

void diff(const DiffWords& w) {
  const saving::ModelFile a = read_file(w.a), b = read_file(w.b);
  Json architecture = Json::array(), weights = Json::array(), training = Json::array(), optimizer = Json::array();
  compare_json(a.architecture, b.architecture, "", architecture);
  compare_tensors(all_weights(a), all_weights(b), weights);
  compare_json(a.compile_config.value_or(nullptr), b.compile_config.value_or(nullptr), "", training);
  compare_tensors(a.optimizer, b.optimizer, optimizer);
  if (w.json) {
    const bool same = architecture.empty() && weights.empty() && training.empty() && optimizer.empty();
    print(pretty({{"same", same},
                  {"architecture", architecture},
                  {"weights", weights},
                  {"training_config", training},
                  {"optimizer_state", optimizer}}));
    return;
  }
  print(shown("architecture", architecture) + shown("weights", weights) + shown("training configuration", training) +
        shown("optimizer state", optimizer));
}

}  // namespace

void add_diff(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("diff", "prints what differs between two model files");
  const auto words = std::make_shared<DiffWords>();
  command->add_option("A", words->a.path, "a .h5, .hdf5, .keras or .json file")->required();
  command->add_option("B", words->b.path, "another")->required();
  command->add_flag("--json", words->json, "the same for programs");
  command->footer("The exit status is 0 whether or not they differ: 1 always means an error.");
  command->callback([&action, words] { action = [words] { diff(*words); }; });
}

}  // namespace cornu::tool
