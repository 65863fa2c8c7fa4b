/* The list of kernels: declare it, and give it one line in the table. */
#include "kernel.h"

extern const struct burn_kernel burn_rmw;
extern const struct burn_kernel burn_integer;
extern const struct burn_kernel burn_vector;
extern const struct burn_kernel burn_membw;
extern const struct burn_kernel burn_memlat;

const struct burn_kernel *const burn_kernel_table[] = {
    &burn_rmw,
    &burn_integer,
    &burn_vector,
    &burn_membw,
    &burn_memlat,
};

const int burn_kernel_table_size = sizeof(burn_kernel_table) / sizeof(burn_kernel_table[0]);
