#include "tests/corpus/case.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "cornu/core/error.h"
#include "cornu/data/npy.h"
#include "cornu/models/network.h"
#include "cornu/trainers/model.h"

namespace cornu::corpus {
namespace {

Json read_json(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return parse_json(text.str(), path.string());
}

// Arrays named PREFIX0, PREFIX1, ... or PREFIX000, in the order of their numbers.
std::vector<Tensor> numbered(const std::vector<data::NamedArray>& arrays, const std::string& prefix) {
  std::vector<std::pair<int, Tensor>> found;
  for (const data::NamedArray& a : arrays) {
    const std::string digits = starts_with(a.name, prefix) ? a.name.substr(prefix.size()) : "";
    if (!digits.empty() && std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c); }))
      found.emplace_back(std::stoi(digits), a.value);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Tensor> out;
  for (const auto& [number, value] : found) out.push_back(value);
  return out;
}

Case read_case(const std::filesystem::path& folder) {
  Case out;
  out.name = folder.filename().string();
  for (const char* file : {"model.h5", "model.keras"})
    if (std::filesystem::exists(folder / file)) out.models.push_back((folder / file).string());
  if (std::filesystem::exists(folder / "x.npz")) out.x = numbered(data::load_npz((folder / "x.npz").string()), "x");
  // Keras 3.2 wrote files that describe another model; what Keras makes of the file counts.
  for (const char* file : {"y_as_loaded.npz", "y.npz"})
    if (out.y.empty() && std::filesystem::exists(folder / file))
      out.y = numbered(data::load_npz((folder / file).string()), "y");
  const Json meta = read_json(folder / "meta.json");
  if (std::filesystem::exists(folder / "y_as_loaded.npz")) return out;
  if (!std::filesystem::exists(folder / "resume.npz") || !meta.contains("resume") || meta["resume"].is_null())
    return out;
  const std::vector<data::NamedArray> arrays = data::load_npz((folder / "resume.npz").string());
  Resume resume;
  resume.x = numbered(arrays, "x");
  resume.t = numbered(arrays, "t");
  resume.weights = numbered(arrays, "w");
  for (const data::NamedArray& a : arrays)
    if (a.name == "loss") resume.loss = a.value.to_vector<double>();
  resume.batch_size = meta["resume"].value("batch_size", 32);
  resume.epochs = meta["resume"].value("epochs", 1);
  for (const Json& note : meta.value("notes", Json::array()))
    resume.averages_begin_anew |= note.get<std::string>().find("zero-debiased") != std::string::npos;
  // A file of another Keras than the one that trained on: the second moves variances in its own way.
  const std::string version = meta.value("keras_version", "");
  const bool own = version >= "2.4" || ends_with(version, "-tf");
  resume.other_variance = starts_with(meta.value("reference", ""), "tf_keras") && !own;
  if (const Json& resumed = meta["resume"]; resumed.contains("sensitivity") && resumed["sensitivity"].is_object())
    resume.sensitivity = resumed["sensitivity"].value("largest_weight_difference", 0.0);
  out.resume = std::move(resume);
  return out;
}

double largest_of(const Tensor& expected) {
  double largest = 1e-12;
  for (std::int64_t i = 0; i < expected.size(); ++i) largest = std::max(largest, std::fabs(expected.at(i)));
  return largest;
}

// The largest difference, relative to the largest expected value.
double difference(const Tensor& actual, const Tensor& expected) {
  if (actual.shape() != expected.shape()) return INFINITY;
  const double largest = largest_of(expected);
  double worst = 0;
  for (std::int64_t i = 0; i < expected.size(); ++i) worst = std::max(worst, std::fabs(actual.at(i) - expected.at(i)));
  return std::isnan(worst) ? INFINITY : worst / largest;
}

// In the order of the Keras that made the case: until 2.3 what is trained came first.
std::vector<Variable> weights_of(const Model& model, const std::string& name) {
  if (!starts_with(name, "keras-1.") && !starts_with(name, "keras-2.")) return model.weights();
  std::vector<Variable> out;
  for (const auto& list : {model.trainable_weights(), model.non_trainable_weights()})
    out.insert(out.end(), list.begin(), list.end());
  return out;
}

// What Theano calls kernel[i, j, in, filter] (Keras 1: kernel[filter, in, i, j]), with the sizes of its 3 by 3 kernels.
Tensor from_theano(const Tensor& theirs, bool keras1) {
  const auto at = [&](int axis) { return theirs.dim(axis); };
  const std::int64_t rows = at(keras1 ? 2 : 0), columns = at(keras1 ? 3 : 1), in = at(keras1 ? 1 : 2);
  const std::int64_t filters = at(keras1 ? 0 : 3);
  Tensor ours({rows, columns, in, filters}, float32);
  float* to = ours.mutable_data<float>();
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      for (std::int64_t c = 0; c < in; ++c)
        for (std::int64_t f = 0; f < filters; ++f) {
          const std::int64_t a = rows - 1 - i, b = columns - 1 - j;
          *to++ = static_cast<float>(
              theirs.at(keras1 ? ((f * in + c) * rows + a) * columns + b : ((a * columns + b) * in + c) * filters + f));
        }
  return ours;
}

std::string train_on(const Model& model, const Resume& r, const std::string& name) {
  const History history =
      model.fit(r.x, r.t, {.batch_size = r.batch_size, .epochs = r.epochs, .verbose = 0, .shuffle = false});
  for (std::size_t e = 0; e < r.loss.size(); ++e)
    if (!(std::fabs(history["loss"].at(e) - r.loss[e]) <= 1e-3 * std::fabs(r.loss[e]) + 1e-6))
      return cat("loss of epoch ", e, " is ", history["loss"][e], ", expected ", r.loss[e]);
  const std::vector<Variable> weights = weights_of(model, name);
  if (weights.size() != r.weights.size()) return cat(weights.size(), " weights, expected ", r.weights.size());
  // Keras on TensorFlow 1 began moving averages anew at each load: they depend on how often the file was opened.
  const std::size_t comparable = r.averages_begin_anew ? model.trainable_weights().size() : weights.size();
  for (std::size_t i = 0; i < comparable; ++i) {
    const bool theano = name.find("th-") != std::string::npos && r.weights[i].rank() == 4;
    const Tensor expected = theano ? from_theano(r.weights[i], starts_with(name, "keras-1.")) : r.weights[i];
    const double largest = largest_of(expected);
    const bool variance = r.other_variance && weights[i].name() == "moving_variance";
    if (const double d = difference(weights[i].value(), expected);
        d * largest > (variance ? 5e-3 : 1e-3) * largest + 2 * r.sensitivity)
      return cat("weight ", i, ", ", weights[i].path(), ", differs by ", d, " of the largest, ", largest);
  }
  return "";
}

}  // namespace

std::vector<Case> cases_in(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) throw FileError(cat("no such folder: ", folder.string()));
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (std::filesystem::exists(entry.path() / "meta.json")) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::vector<Case> out;
  for (const std::filesystem::path& f : folders) out.push_back(read_case(f));
  return out;
}

Outcome try_model(const Case& c, const std::string& model_file) {
  std::optional<Model> model;
  try {
    model = load_model(model_file, false);
  } catch (const Error& error) {
    return {Outcome::kNotSupported, error.what()};
  }
  try {
    const std::vector<Tensor> y = model->predict_all(c.x, {.verbose = 0});
    if (y.size() != c.y.size()) return {Outcome::kWrong, cat(y.size(), " outputs, expected ", c.y.size())};
    double d = 0;
    for (std::size_t i = 0; i < y.size(); ++i) d = std::max(d, difference(y[i], c.y[i]));
    if (d > 1e-4) return {Outcome::kWrong, cat("outputs differ by ", d, " of the largest")};
    if (!c.resume) return {Outcome::kRight, cat("outputs differ by ", d)};
  } catch (const Error& error) {
    return {Outcome::kWrong, cat("predict: ", error.what())};
  }
  try {
    const Model compiled = load_model(model_file);
    const std::string wrong = train_on(compiled, *c.resume, c.name);
    return wrong.empty() ? Outcome{Outcome::kRight, "outputs and training"}
                         : Outcome{Outcome::kWrong, cat("training on: ", wrong)};
  } catch (const Error& error) {
    return {Outcome::kWrong, cat("training on: ", error.what())};
  }
}

}  // namespace cornu::corpus
