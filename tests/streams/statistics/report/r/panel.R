# npsurv's answers to the panel of real hosts: `Rscript panel.R CELLS.csv`, where a line has group, L,
# R (empty = not yet) and how many of them lie in (L, R]. Prints group, time and S at the ends of
# cells; of a group with many ends, evenly many of them. Debian: r-base-core r-cran-npsurv.
suppressMessages(library(npsurv))

ENDS_MAX <- 60

cells <- read.csv(commandArgs(TRUE)[1])
cat("group,at,survival\n")
for (group in unique(cells$group)) {
  own <- cells[cells$group == group, ]
  right <- ifelse(is.na(own$right), Inf, own$right)
  fit <- npsurv(cbind(own$left, right), w = own$episodes)$f
  ends <- sort(unique(right[is.finite(right)]))
  kept <- unique(round(seq(1, length(ends), length.out = min(ENDS_MAX, length(ends)))))
  for (at in ends[kept]) {
    cat(sprintf("%d,%d,%.6f\n", group, at, 1 - sum(fit$p[fit$right <= at])))
  }
}
