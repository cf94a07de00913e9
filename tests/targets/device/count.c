/* A plugin for QEMU 7.2 that counts the instructions executed between two functions: start=ADDRESS,stop=ADDRESS. Writes
   "count N" for each region. With mix=N, also the instructions by name of region N (as QEMU disassembles them).
   Debian's QEMU has plugins but ships no header: what is declared here is the part of version 1 that is used. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
typedef struct {
  const char *target_arch;
  struct {
    int min, cur;
  } version;
  bool system_emulation;
  union {
    struct {
      int smp_vcpus, max_vcpus;
    } system;
  };
} qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { NO_REGISTERS = 0, ADD = 0 };
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, void (*)(unsigned, void *), int, void *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int, void *, uint64_t);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *);

enum { KINDS = 512, SHOWN = 30 };
typedef struct {
  char name[16];
  uint64_t count, before;
} Kind;

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
static uint64_t executed, at_start, start_address, stop_address, region, shown_region;
static Kind kinds[KINDS];
static int kind_count;

static Kind *kind_of(const char *disassembly) {
  char name[16] = "";
  for (int i = 0; i < 15 && disassembly[i] && disassembly[i] != ' '; ++i) name[i] = disassembly[i];
  for (int i = 0; i < kind_count; ++i)
    if (!strcmp(kinds[i].name, name)) return &kinds[i];
  if (kind_count < KINDS - 1) memcpy(kinds[kind_count++].name, name, sizeof name);
  return &kinds[kind_count - 1];
}

static int by_count(const void *a, const void *b) {
  const Kind *x = a, *y = b;
  const uint64_t p = x->count - x->before, q = y->count - y->before;
  return p < q ? 1 : p > q ? -1 : 0;
}

static void show_kinds(void) {
  static Kind sorted[KINDS];
  memcpy(sorted, kinds, sizeof kinds);
  qsort(sorted, KINDS, sizeof sorted[0], by_count);
  for (int i = 0; i < SHOWN && sorted[i].count > sorted[i].before; ++i)
    fprintf(stderr, "mix %s %llu\n", sorted[i].name, (unsigned long long)(sorted[i].count - sorted[i].before));
}

static void on_start(unsigned cpu, void *unused) {
  (void)cpu, (void)unused;
  at_start = executed;
  for (int i = 0; i < kind_count; ++i) kinds[i].before = kinds[i].count;
}

static void on_stop(unsigned cpu, void *unused) {
  (void)cpu, (void)unused;
  /* The instruction of the marker itself is not the region's: the callback stands before it counts. */
  fprintf(stderr, "count %llu\n", (unsigned long long)(executed - at_start));
  if (++region == shown_region) show_kinds();
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  for (size_t i = 0, n = qemu_plugin_tb_n_insns(block); i < n; ++i) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
    const uint64_t address = qemu_plugin_insn_vaddr(instruction);
    if (address == start_address) qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_start, NO_REGISTERS, NULL);
    if (address == stop_address) qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_stop, NO_REGISTERS, NULL);
    qemu_plugin_register_vcpu_insn_exec_inline(instruction, ADD, &executed, 1);
    if (shown_region) {
      char *text = qemu_plugin_insn_disas(instruction);
      qemu_plugin_register_vcpu_insn_exec_inline(instruction, ADD, &kind_of(text ? text : "?")->count, 1);
      free(text);
    }
  }
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                                               char **argv);
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (!strncmp(argv[i], "start=", 6)) start_address = strtoull(argv[i] + 6, NULL, 0);
    if (!strncmp(argv[i], "stop=", 5)) stop_address = strtoull(argv[i] + 5, NULL, 0);
    if (!strncmp(argv[i], "mix=", 4)) shown_region = strtoull(argv[i] + 4, NULL, 0);
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}
