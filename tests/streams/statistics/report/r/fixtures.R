# Answers of R's packages to small data sets: what the estimators of reports are compared with.
# Prints one JSON object. Debian: r-base-core r-cran-survival r-cran-npsurv r-cran-cmprsk
# r-cran-survey.
suppressMessages({
  library(survival)
  library(npsurv)
  library(cmprsk)
  library(survey)
})

set.seed(20261128)

numbers <- function(x) paste0("[", paste(ifelse(is.finite(x), format(x, digits = 12, trim = TRUE), "null"), collapse = ", "), "]")
texts <- function(x) paste0("[", paste(ifelse(is.na(x), "null", paste0("\"", x, "\"")), collapse = ", "), "]")

# Removal times seen through a grid of probes. Some grids are shared, so that intervals share ends.
interval_case <- function(n, jitter, censored_after) {
  grid <- c(1, 2, 4, 8, 12, 18, 24, 30, 36, 48, 72, 96, 168) * 100
  time <- rlnorm(n, log(2000), 1.1)
  left <- right <- numeric(n)
  for (i in seq_len(n)) {
    own <- round(grid * (1 + runif(length(grid), -jitter, jitter)))
    own <- own[own <= censored_after]
    before <- own[own < time[i]]
    after <- own[own >= time[i]]
    left[i] <- if (length(before)) max(before) else 0
    right[i] <- if (length(after)) min(after) else Inf
  }
  fit <- npsurv(cbind(left, right))$f
  ends <- sort(unique(right[is.finite(right)]))
  low <- ifelse(left > 0, left, NA)
  high <- ifelse(is.finite(right), right, NA)
  aft <- survreg(Surv(low, high, type = "interval2") ~ 1, dist = "lognormal",
                 control = survreg.control(rel.tolerance = 1e-12, maxiter = 200))
  turnbull <- survfit(Surv(left, right, type = "interval2") ~ 1)
  s <- 1 - sapply(ends, function(t) sum(fit$p[fit$right <= t]))
  paste0(
    "{\"left\": ", numbers(left), ", \"right\": ", numbers(right),
    ", \"cells_left\": ", numbers(fit$left), ", \"cells_right\": ", numbers(fit$right),
    ", \"mass\": ", numbers(fit$p), ", \"at\": ", numbers(ends), ", \"survival\": ", numbers(s),
    ", \"location\": ", numbers(coef(aft)), ", \"spread\": ", numbers(aft$scale),
    ", \"likelihood\": ", numbers(npsurv(cbind(left, right))$ll), "}"
  )
}

competing_case <- function(n) {
  time <- ceiling(rexp(n, 1 / 40))
  end <- sample(c("removed", "moved", "dark", NA), n, TRUE, c(0.6, 0.1, 0.1, 0.2))
  status <- ifelse(is.na(end), "seen", end)
  found <- cuminc(time, status, cencode = "seen")
  at <- sort(unique(time[!is.na(end)]))
  points <- timepoints(found, at)$est
  km <- summary(survfit(Surv(time, !is.na(end)) ~ 1), times = at)$surv
  curves <- paste(
    sapply(rownames(points), function(row) {
      paste0("\"", sub("^1 ", "", row), "\": ", numbers(points[row, ]))
    }),
    collapse = ", "
  )
  paste0(
    "{\"time\": ", numbers(time), ", \"end\": ", texts(end), ", \"at\": ", numbers(at),
    ", \"survival\": ", numbers(km), ", \"incidence\": {", curves, "}}"
  )
}

# Incidents, of which those with few cases are seen less often; one row an incident.
share_case <- function(k, sampled) {
  cases <- ceiling(runif(k)^(-1 / 1.5))
  seen <- if (sampled) 1 - 0.75^cases else rep(1, k)
  share <- rbinom(k, cases, 0.7) / cases
  design <- svydesign(ids = ~1, weights = ~w, data = data.frame(share = share, w = 1 / seen))
  found <- svymean(~share, design)
  paste0(
    "{\"share\": ", numbers(share), ", \"seen\": ", numbers(seen),
    ", \"mean\": ", numbers(coef(found)), ", \"variance\": ", numbers(vcov(found)), "}"
  )
}

intervals <- c(
  interval_case(30, 0, Inf), interval_case(100, 0.05, Inf), interval_case(200, 0.05, 4000),
  interval_case(500, 0, 9000), interval_case(400, 0.02, 20000)
)
competing <- c(competing_case(20), competing_case(200))
shares <- c(share_case(15, FALSE), share_case(30, TRUE), share_case(400, TRUE))
cat("{\"intervals\": [", paste(intervals, collapse = ",\n"), "],\n\"competing\": [",
    paste(competing, collapse = ",\n"), "],\n\"shares\": [", paste(shares, collapse = ",\n"), "]}\n",
    sep = "")
