/* clients/sim/dice.h: numbers that look random and come the same from the same seed (SplitMix64,
 * Steele, Lea & Flood 2014): a city can be built again. Nothing secret is drawn here. */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* 0 .. below - 1 */
static inline unsigned dice_below(struct dice *dice, unsigned below)
{
    return (unsigned)((dice_next(dice) >> 32) * below >> 32);
}

static inline int dice_between(struct dice *dice, int from, int to)
{
    return from + (int)dice_below(dice, (unsigned)(to - from + 1));
}

/* Which of the weights, in their order. */
static inline size_t dice_weigh(struct dice *dice, const unsigned *weights, size_t count)
{
    unsigned sum = 0, at;
    size_t i = 0;

    for (i = 0; i < count; i++)
        sum += weights[i];
    at = dice_below(dice, sum);
    for (i = 0; i + 1 < count && at >= weights[i]; i++)
        at -= weights[i];
    return i;
}

#endif
