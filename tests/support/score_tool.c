/* A program with the one verb `score`, so that its tests do not wait for the rest of the CLI. */
#include "clients/cli/score.h"

int main(int argc, char **argv)
{
    return score_main(argc, argv);
}
