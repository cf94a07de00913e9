#include "cornu/trainers/fit_progress.h"

namespace cornu {

Json FitProgress::to_json() const {
  Json last = Json::array();
  for (const auto& [name, value] : logs) last.push_back({name, value});
  return {{"epoch", epoch},       {"batch", batch},
          {"position", position}, {"order_seed", order_seed},
          {"stopped", stopped},   {"history", {{"epoch", history.epoch}, {"logs", history.to_json()}}},
          {"logs", last}};
}

FitProgress FitProgress::from_json(const Json& json) {
  FitProgress out;
  try {
    out.epoch = json.at("epoch").get<std::int64_t>();
    out.batch = json.at("batch").get<std::int64_t>();
    out.position = json.at("position").get<std::int64_t>();
    out.order_seed = json.at("order_seed").get<std::uint64_t>();
    out.stopped = json.at("stopped").get<bool>();
    out.history.epoch = json.at("history").at("epoch").get<std::vector<std::int64_t>>();
    for (const auto& [name, values] : json.at("history").at("logs").items())
      out.history.history[name] = values.get<std::vector<double>>();
    for (const Json& log : json.at("logs")) out.logs.set(log.at(0).get<std::string>(), log.at(1).get<double>());
  } catch (const Json::exception& error) {
    throw ValueError(
        cat("the progress of a training received: ", error.what(), "\n  expected: what BackupAndRestore writes"));
  }
  if (out.epoch < 0 || out.batch < 0 || out.position < 0)
    throw ValueError(cat("the progress of a training received: epoch ", out.epoch, ", batch ", out.batch, ", position ",
                         out.position, "\n  expected: numbers from 0 on"));
  return out;
}

}  // namespace cornu
