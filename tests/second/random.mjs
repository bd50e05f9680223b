/* Numbers that look random and are the same for the same seed (mulberry32). */

export class Random {
    constructor(seed) {
        this.state = seed >>> 0;
        for (let i = 0; i < 4; i++)
            // neighbouring seeds part
            this.below(2);
    }

    below(n) {
        // 0 .. n - 1
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let t = this.state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
    }

    between(low, high) {
        return low + this.below(high - low + 1);
    }

    chance(percent) {
        return this.below(100) < percent;
    }

    of(list) {
        return list[this.below(list.length)];
    }

    some(list, most = list.length) {
        // at least one of them, in their order
        const count = this.between(1, Math.min(most, list.length)),
            chosen = new Set();
        while (chosen.size < count) chosen.add(this.below(list.length));
        return list.filter((_, i) => chosen.has(i));
    }

    shuffle(list) {
        for (let i = list.length - 1; i > 0; i--) {
            const j = this.below(i + 1);
            [list[i], list[j]] = [list[j], list[i]];
        }
        return list;
    }
}
