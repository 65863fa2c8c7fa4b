/*
 * A kernel's grain as machine code: written in assembly, once for each architecture, in the folders
 * x86_64/ and aarch64/, so that its unit is the same work whatever compiler built it, and at whatever
 * level. Compilers differ by up to 60 % on the same C. Where there is no assembly for an architecture,
 * the C beside it is compiled; BURN_VERSION then says so, and by which compiler, since such rates
 * compare with none but their own.
 *
 * Sanitizers see only what the compiler made: with them the C is compiled too. -DBURN_PORTABLE asks
 * for it anywhere.
 */
#ifndef MACHINE_CODE_H
#define MACHINE_CODE_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define BURN_PORTABLE 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef BURN_PORTABLE
#define BURN_PORTABLE 1
#endif

#if defined(__ELF__) && defined(__LP64__) && !defined(BURN_PORTABLE)
#if defined(__x86_64__)
#define BURN_X86_64 1
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define BURN_AARCH64 1
#endif
#endif

#define BURN_TEXT(x) #x
#define BURN_VALUE(x) BURN_TEXT(x)

/* Of a kernel that has no assembly at all. */
#if defined(__clang__)
#define BURN_COMPILED_VERSION(version) version "-compiled-clang" BURN_VALUE(__clang_major__)
#else
#define BURN_COMPILED_VERSION(version) version "-compiled-gcc" BURN_VALUE(__GNUC__)
#endif

#if defined(BURN_X86_64) || defined(BURN_AARCH64)
#define BURN_VERSION(version) version
#else
#define BURN_VERSION(version) BURN_COMPILED_VERSION(version)
#endif

/*
 * A function in assembly, hidden from other libraries. `lead` bytes before it put its inner loop at
 * the same place of a cache line everywhere; they are never run. Nothing within a loop may be left to
 * the assembler: no alignment, no operand that has two encodings.
 */
#define BURN_FUNCTION(name, lead)                                                           \
    ".pushsection .text\n.p2align 6\n.if " BURN_VALUE(lead) "\n.skip " BURN_VALUE(lead) ", 0\n.endif\n"\
    ".globl " name "\n.hidden " name "\n.type " name ", %function\n" name ":\n.cfi_startproc\n"
#define BURN_END(name) ".cfi_endproc\n.size " name ", . - " name "\n.popsection\n"

#endif
