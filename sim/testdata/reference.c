/*
 * The plain loop of the law that scenarios/testdata/reference.yaml states: what a programmer
 * writes who wants that one market and nothing else. `make bench` builds it with
 *
 *     cc -O3 -march=native -DPLATFORMS=2 reference.c -lm
 *
 * and holds the agents engine against it. The numbers of the market come from standard
 * input; out come participant-periods per CPU-second of the loop, set-up left out, and where
 * the market ended: the share on each platform by side, and welfare.
 *
 * Each period everybody who revises, with the same probability, takes the bundle S of
 * platforms with the largest utility
 *
 *     U(S) = sum over k in S of [ worth_k + taste_ik + alpha log(1 + others on k) + gamma own share on k ]
 *            - kappa (|S| - 1) + scale * Gumbel,    U(nothing) = scale * Gumbel
 *
 * against the counts at the period's start, and everybody's utility is added up, noise left out.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifndef PLATFORMS
#define PLATFORMS 2
#endif
#define BUNDLES (1 << PLATFORMS)

struct side {
	long size;
	double scale, alpha, gamma, kappa;
	double sd[PLATFORMS], worth[PLATFORMS];
	float *taste;  /* [size][PLATFORMS] */
	uint8_t *uses; /* the set of platforms each person uses */
	long users[PLATFORMS];
	double bundle[BUNDLES];
};

static uint64_t state;

/* splitmix64 (Steele, Lea and Flood 2014), in (0,1) */
static double uniform(void) {
	uint64_t z = state += 0x9E3779B97F4A7C15;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	z ^= z >> 31;
	return ((double)(z >> 11) + 0.5) * 0x1p-53;
}

static double gumbel(void) { return -log(-log(uniform())); }

static double normal(void) { return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform()); }

static void number(double *x) {
	if (scanf("%lf", x) != 1) {
		fprintf(stderr, "reference: a number is missing\n");
		exit(2);
	}
}

static void enter(struct side *s) {
	double size;
	number(&size);
	s->size = size;
	number(&s->scale);
	number(&s->alpha);
	number(&s->gamma);
	number(&s->kappa);
	for (int k = 0; k < PLATFORMS; k++) {
		number(&s->sd[k]);
		number(&s->worth[k]);
		s->users[k] = 0;
	}
	s->taste = malloc(s->size * PLATFORMS * sizeof *s->taste);
	s->uses = calloc(s->size, 1);
	for (long i = 0; i < s->size; i++)
		for (int k = 0; k < PLATFORMS; k++)
			s->taste[i * PLATFORMS + k] = s->sd[k] * normal();
}

/* what each bundle is worth to everybody on a side, before tastes and noise */
static void weigh(struct side *s, const struct side *other) {
	for (int b = 0; b < BUNDLES; b++) {
		s->bundle[b] = b ? s->kappa : 0;
		for (int k = 0; k < PLATFORMS; k++)
			if (b >> k & 1)
				s->bundle[b] += s->worth[k] + s->alpha * log1p(other->users[k]) + s->gamma * s->users[k] / s->size - s->kappa;
	}
}

/* one period of one side; returns the sum of utilities */
static double move(struct side *s, double revision) {
	double welfare = 0;
	long users[PLATFORMS] = {0};
	for (long i = 0; i < s->size; i++) {
		const float *taste = &s->taste[i * PLATFORMS];
		if (uniform() < revision) {
			double top = -INFINITY;
			for (int b = 0; b < BUNDLES; b++) {
				double u = s->bundle[b] + s->scale * gumbel();
				for (int k = 0; k < PLATFORMS; k++)
					if (b >> k & 1)
						u += taste[k];
				if (u > top) {
					top = u;
					s->uses[i] = b;
				}
			}
		}
		int uses = s->uses[i];
		welfare += s->bundle[uses];
		for (int k = 0; k < PLATFORMS; k++) {
			welfare += (uses >> k & 1) * taste[k];
			users[k] += uses >> k & 1;
		}
	}
	for (int k = 0; k < PLATFORMS; k++)
		s->users[k] = users[k];
	return welfare;
}

int main(void) {
	double seed, periods, revision;
	struct side side[2];
	number(&seed);
	number(&periods);
	number(&revision);
	state = seed;
	enter(&side[0]);
	enter(&side[1]);
	double welfare = 0;
	clock_t start = clock();
	for (long t = 0; t < periods; t++) {
		weigh(&side[0], &side[1]);
		weigh(&side[1], &side[0]);
		welfare = move(&side[0], revision);
		welfare += move(&side[1], revision);
	}
	double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	printf("%.6g", (side[0].size + side[1].size) * periods / seconds);
	for (int s = 0; s < 2; s++)
		for (int k = 0; k < PLATFORMS; k++)
			printf(" %.6f", (double)side[s].users[k] / side[s].size);
	printf(" %.8g\n", welfare);
	return 0;
}
