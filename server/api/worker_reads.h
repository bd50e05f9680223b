/* api/worker_reads.h: what may be read of people, by whom, and that it is written down first.
 *
 * Opening one person leaves an audit row that is durable before the answer; a list or a search
 * leaves one with the query and the ids. Names in full are for the contractor that engages the
 * person, for regulators and for the person; document numbers are masked for everybody. Results of
 * health exams are for the same three: safety officers and inspectors see that there was one. */
#ifndef API_WORKER_READS_H
#define API_WORKER_READS_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field worker_list_query[], worker_records_query[], worker_colour_query[],
    worker_accesses_query[], worker_find_fields[], identity_reviews_query[];
extern step_fn *const worker_list[], *const worker_get[], *const worker_records[],
    *const worker_colour[], *const worker_stars[], *const worker_accesses_list[], *const worker_find_one[],
    *const identity_review_list[];
extern const size_t worker_list_state_bytes, worker_read_state_bytes, worker_find_state_bytes,
    identity_review_state_bytes;

#endif
