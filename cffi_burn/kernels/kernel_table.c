/* The list of kernels: declare it, and give it one line in the table. */
#include "kernel.h"

extern const struct burn_kernel burn_rmw;

const struct burn_kernel *const burn_kernel_table[] = {
    &burn_rmw,
};

const int burn_kernel_table_size = sizeof(burn_kernel_table) / sizeof(burn_kernel_table[0]);
