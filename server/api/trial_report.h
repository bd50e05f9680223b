/* api/trial_report.h: what a trial found, as JSON: ids, codes and counts, nothing of a person. */
#ifndef API_TRIAL_REPORT_H
#define API_TRIAL_REPORT_H

#include "base/json.h"
#include "register/trial.h"

/* Trades whole; of regions, firms and sites those that change most. The reader names firms and
 * sites; enter it first. */
void trial_report(const struct trial *trial, const struct registry_reader *reader,
                  struct json_writer *w);

#endif
