// What a model file would do to a program that believes it: code that it would run, modules and functions that it
// names, paths and addresses that it refers to, links and values in other files, sizes that nothing stands behind. The
// file is not loaded, and need not be loadable; no layer is known here.
#pragma once

#include <string>
#include <vector>

#include "cornu/core/json.h"
#include "cornu/saving/hdf5_reader.h"
#include "cornu/saving/shared_bytes.h"
#include "cornu/saving/zip_archive.h"

namespace cornu::saving {

struct Finding {
  enum Kind {
    kCode,       // would be run
    kImport,     // a module or function of the reader's that would be fetched by name, and perhaps called
    kReference,  // a path or an address that would be read or written
    kLink,       // a part of the file that lies elsewhere
    kBomb,       // claims far more memory than stands behind it
    kDamage,     // cannot be looked into, so that nothing can be said about it
  } kind;
  std::string where;    // "config.json: config.layers[1].config.function"
  std::string what;     // a sentence
  std::string pattern;  // "CVE-2025-1550" when it looks like a published attack; else ""
  std::string instead;  // what would say the same without danger; else ""
};
const char* name_of(Finding::Kind kind);

struct Scan {
  std::string format;         // "h5", "weights.h5", "keras", "json", "yaml" or "unknown"
  std::string keras_version;  // "" when the file does not say
  std::vector<Finding> findings;
};

// "h5", "keras", "json", "yaml" or "unknown", by the first bytes.
std::string format_of(std::string_view bytes);

// Any kind of file, by its first bytes. Throws FileError only when it cannot be read at all.
Scan scan_file(const std::string& path);
// The same from memory.
Scan scan_bytes(SharedBytes bytes, const std::string& shown);

// --- The parts (scan_config.cpp, scan_hdf5.cpp, scan_zip.cpp). Each adds to `scan`; `where` begins every place.
// A configuration of any generation. `legacy` when it stands in a .h5, whose loader long knew no safe mode.
void scan_config(const Json& config, const std::string& where, bool legacy, Scan& scan);
// Text that should be a configuration, also when it is too large or no JSON.
void scan_config_text(std::string_view text, const std::string& where, bool legacy, Scan& scan);
void scan_hdf5(SharedBytes bytes, const std::string& where, Scan& scan);
void scan_zip(std::string_view bytes, const std::string& where, Scan& scan);

// --- What is known of dangerous classes (scan_classes.cpp).
struct DangerousClass {
  Finding::Kind kind;
  std::string what;
  std::string pattern;
  std::string instead;
};
// Why an object of a configuration is not a harmless built-in; nothing when it is.
std::optional<DangerousClass> dangerous_class(const Json& object, bool legacy);

}  // namespace cornu::saving
