/* The calendar, made by walking it: one pass over every day from 1900-01-01 to 2079-06-06 fills the
 * tables, so nothing here is a formula that could be wrong in the same way as somebody else's.
 *
 * A day is a count from 1900-01-01 (which is 0, "unknown"); 65535 is "no end". */

export const UNKNOWN = 0,
    NEVER = 65535,
    FIRST = 1,
    LAST = 65534;

const DAYS = 65536,
    MONTHS = 12 * 181;
const monthOf = new Int16Array(DAYS); // months since January 1900
const dateOf = new Int8Array(DAYS); // day of the month, from 1
const firstOf = new Int32Array(MONTHS + 1);
const lengthOf = new Int8Array(MONTHS);
const textOf = new Array(DAYS);
const dayOf = new Map();

const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/* How many days a month (1-12) of a year has. */
export const monthLength = (year, month) => (month === 2 && isLeap(year) ? 29 : lengths[month - 1]);
const two = (n) => String(n).padStart(2, '0');

(function walk() {
    let day = 0;
    for (let month = 0; month < MONTHS; month++) {
        const year = 1900 + Math.floor(month / 12),
            m = month % 12;
        lengthOf[month] = monthLength(year, m + 1);
        firstOf[month] = day;
        for (let date = 1; date <= lengthOf[month]; date++, day++) {
            if (day >= DAYS) continue;
            monthOf[day] = month;
            dateOf[day] = date;
            textOf[day] = `${year}-${two(m + 1)}-${two(date)}`;
            if (day >= FIRST && day <= LAST) dayOf.set(textOf[day], day);
        }
    }
    firstOf[MONTHS] = day;
})();

const within = (day) => Math.min(Math.max(day, FIRST), LAST);

/* undefined for what is no date of the calendar. */
export const dayFromText = (text) => dayOf.get(text);
export const textFromDay = (day) => textOf[day];

/* The corresponding day so many months later, the month's last day where there is none. */
export function addMonths(day, months) {
    const month = monthOf[day] + months;
    if (month < 0) return FIRST;
    if (month >= MONTHS) return LAST;
    return within(firstOf[month] + Math.min(dateOf[day], lengthOf[month]) - 1);
}

/* The birthday on which so many years are completed; who was born on 29 February completes one on
 * 1 March of a common year. */
export function birthday(birth, years) {
    const month = monthOf[birth] + 12 * years;
    if (month >= MONTHS) return NEVER;
    const day = firstOf[month] + dateOf[birth] - 1; // 29 February runs over into 1 March
    return day > LAST ? NEVER : day;
}

/* Completed years (周岁) on a day; below zero before birth. */
export function ageOn(birth, day) {
    const years = Math.floor((monthOf[day] - monthOf[birth]) / 12);
    return birthday(birth, years) > day ? years - 1 : years;
}

/* The first day of the calendar month, quarter or year that a day lies in, or of one so many
 * periods after (before) it. */
const monthsOfPeriod = {month: 1, quarter: 3, year: 12};
export function periodStart(day, period, later = 0) {
    const months = monthsOfPeriod[period];
    const month = Math.floor(monthOf[day] / months) * months + later * months;
    return month < 0 ? FIRST : month >= MONTHS ? LAST : within(firstOf[month]);
}
