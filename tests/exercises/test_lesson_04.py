"""Answers as learners write them: the right ones in several styles, the wrong ones named."""

import math

import numpy as np
import pytest

from emlib import CoinMixture, coins, em
from emlib.exercises import check, lesson_04
from emlib.exercises.engine.result import Status
from tests.exercises.telling import refused_as, told

HEADS = [5, 9, 8, 4, 7]


# 04.1


def one_trial_in_a_loop(heads, tails, bias_a, bias_b):
    a = b = 0.5
    for _ in range(heads):
        a, b = a * bias_a, b * bias_b
    for _ in range(tails):
        a, b = a * (1 - bias_a), b * (1 - bias_b)
    return a / (a + b)


def one_trial_with_arrays(heads, tails, bias_a, bias_b):
    biases = np.array([bias_a, bias_b])
    joint = biases**heads * (1 - biases) ** tails
    return (joint / joint.sum())[:1]


def one_trial_with_lists(heads, tails, bias_a, bias_b):
    n = math.comb(heads + tails, heads)
    terms = [0.5 * n * p**heads * (1 - p) ** tails for p in (bias_a, bias_b)]
    return [terms[0] / sum(terms)]


def one_trial_in_logarithms(h, t, p, q):
    return 1 / (1 + math.exp(h * math.log(q / p) + t * math.log((1 - q) / (1 - p))))


@pytest.mark.parametrize(
    "answer",
    [
        one_trial_in_a_loop,
        one_trial_with_arrays,
        one_trial_with_lists,
        one_trial_in_logarithms,
        lambda h, t, a, b: np.float32(one_trial_in_logarithms(h, t, a, b)),
    ],
)
def test_right_answers_to_one_trial(answer):
    assert told("04.1", answer).status is Status.CORRECT


def test_one_trial_gives_the_published_number():
    assert round(lesson_04.responsibility_of_a(8, 2, 0.8, 0.7), 6) == 0.563978


def test_linear_probabilities_are_right_but_are_told_about_underflow():
    assert "underflows" in repr(check("04.1", one_trial_in_a_loop))
    assert "underflows" not in repr(check("04.1", one_trial_in_logarithms))


def posterior(h, t, a, b):
    return a**h * (1 - a) ** t / (a**h * (1 - a) ** t + b**h * (1 - b) ** t)


WRONG_ONE_TRIAL = {
    "hard-coded": lambda h, t, a, b: 0.563978,
    "swapped heads and tails": lambda h, t, a, b: (
        a**t * (1 - a) ** h / (a**t * (1 - a) ** h + b**t * (1 - b) ** h)
    ),
    "responsibilities swapped between the coins": lambda h, t, a, b: posterior(h, t, b, a),
    "not normalised": lambda h, t, a, b: a**h * (1 - a) ** t,
    "joint instead of posterior": lambda h, t, a, b: 0.5 * a**h * (1 - a) ** t,
    "binomial probability, not normalised": lambda h, t, a, b: (
        math.factorial(h + t)
        / math.factorial(h)
        / math.factorial(t)
        * math.exp(h * math.log(a) + t * math.log(1 - a))
    ),
    "binomial coefficient for one coin only": lambda h, t, a, b: (
        math.comb(h + t, t)
        * a**h
        * (1 - a) ** t
        / (math.comb(h + t, t) * a**h * (1 - a) ** t + b**h * (1 - b) ** t)
    ),
    "coin prior for one coin only": lambda h, t, a, b: (
        0.5 * a**h * (1 - a) ** t / (0.5 * a**h * (1 - a) ** t + b**h * (1 - b) ** t)
    ),
    "forgot the coin prior in the numerator or the denominator": lambda h, t, a, b: (
        0.5 * a**h * (1 - a) ** t / (a**h * (1 - a) ** t + b**h * (1 - b) ** t)
    ),
    "odds instead of a probability": lambda h, t, a, b: (a / b) ** h * ((1 - a) / (1 - b)) ** t,
    "hard instead of soft assignment": lambda h, t, a, b: int(posterior(h, t, a, b) > 0.5),
    "forgot the tails": lambda h, t, a, b: a**h / (a**h + b**h),
    "log instead of linear": lambda h, t, a, b: (
        (h * math.log(a) + t * math.log(1 - a))
        / (h * math.log(a) + t * math.log(1 - a) + h * math.log(b) + t * math.log(1 - b))
    ),
    "expected heads instead of the responsibility": lambda h, t, a, b: h * posterior(h, t, a, b),
    "one toss instead of the whole trial": lambda h, t, a, b: a / (a + b),
    "the bias instead of the responsibility": lambda h, t, a, b: a,
    "never looked at the tosses": lambda h, t, a, b: 1 / 2,
    "the power inside the bracket": lambda h, t, a, b: (
        a**h * (1 - a**t) / (a**h * (1 - a**t) + b**h * (1 - b**t))
    ),
    "multiplied where a power is due": lambda h, t, a, b: (
        a * h * (1 - a) * t / (a * h * (1 - a) * t + b * h * (1 - b) * t)
    ),
    "per cent": lambda h, t, a, b: 100 * posterior(h, t, a, b),
    "rounded": lambda h, t, a, b: round(posterior(h, t, a, b), 3),
    "logarithm": lambda h, t, a, b: math.log(posterior(h, t, a, b)),
}


@pytest.mark.parametrize("name", WRONG_ONE_TRIAL)
def test_wrong_answers_to_one_trial(name):
    refused_as(name, "04.1", WRONG_ONE_TRIAL[name])


# 04.2


def em_in_loops(x, biases, n_rounds):
    a, b = biases
    rounds = [(a, b)]
    for _ in range(n_rounds):
        heads_a = tails_a = heads_b = tails_b = 0.0
        for heads, tails in x:
            r = posterior(heads, tails, a, b)
            heads_a, tails_a = heads_a + r * heads, tails_a + r * tails
            heads_b, tails_b = heads_b + (1 - r) * heads, tails_b + (1 - r) * tails
        a, b = heads_a / (heads_a + tails_a), heads_b / (heads_b + tails_b)
        rounds.append((a, b))
    return rounds


def em_vectorised(x, biases, n_rounds):
    out = np.empty((n_rounds + 1, 2))
    out[0] = biases
    for i in range(n_rounds):
        joint = out[i] ** x[:, [0]] * (1 - out[i]) ** x[:, [1]]
        gamma = joint / joint.sum(1)[:, None]
        counts = gamma.T @ x
        out[i + 1] = counts[:, 0] / counts.sum(axis=1)
    return out


def em_as_a_generator(x, biases, n_rounds):
    biases = list(biases)
    yield biases
    for _ in range(n_rounds):
        biases = em_in_loops(x, biases, 1)[-1]
        yield biases


def em_with_the_package(x, biases, n_rounds):
    start = CoinMixture(biases, [0.5, 0.5], fixed_weights=True)
    steps = em.iterate(start, x)
    return [next(steps).model.biases for _ in range(n_rounds + 1)]


def em_by_recursion(x, biases, n_rounds):
    if n_rounds == 0:
        return [list(biases)]
    return [list(biases), *em_by_recursion(x, em_vectorised(x, biases, 1)[1], n_rounds - 1)]


RIGHT_EM = [em_in_loops, em_vectorised, em_as_a_generator, em_with_the_package, em_by_recursion]


@pytest.mark.parametrize("answer", RIGHT_EM)
def test_right_answers_to_the_whole_of_em(answer):
    assert told("04.2", answer).status is Status.CORRECT


def test_the_whole_of_em_gives_the_published_table():
    table = lesson_04.coin_em(coins.counts(HEADS, 10), [0.6, 0.5], 10)
    due = [
        (0.6000, 0.5000),
        (0.7130, 0.5813),
        (0.7453, 0.5693),
        (0.7681, 0.5495),
        (0.7832, 0.5346),
        (0.7911, 0.5263),
        (0.7945, 0.5224),
        (0.7959, 0.5207),
        (0.7965, 0.5200),
        (0.7967, 0.5198),
        (0.7967, 0.5197),
    ]
    np.testing.assert_array_equal(table.round(4), due)


def em_like(x, biases, n_rounds, *, share=posterior, update=None):
    """Loop whose E step or M step the tests replace."""
    biases = list(biases)
    rounds = [biases]
    for _ in range(n_rounds):
        r = [(share(h, t, *biases), share(h, t, *biases[::-1])) for h, t in x]
        biases = [update([g[k] for g in r], x) for k in (0, 1)]
        rounds.append(biases)
    return rounds


def pooled(r, x):
    return sum(g * h for g, (h, _) in zip(r, x, strict=True)) / sum(
        g * (h + t) for g, (h, t) in zip(r, x, strict=True)
    )


def mean_of_shares(r, x):
    return sum(g * h / (h + t) for g, (h, t) in zip(r, x, strict=True)) / sum(r)


def all_shares_from_the_start(x, biases, n_rounds):
    gamma = [posterior(h, t, *biases) for h, t in x]
    rounds = [list(biases)]
    for _ in range(n_rounds):
        rounds.append([pooled(gamma, x), pooled([1 - g for g in gamma], x)])
    return rounds


def normalised_over_trials(x, biases, n_rounds):
    out = [biases]
    for _ in range(n_rounds):
        joint = out[-1] ** x[:, :1] * (1 - out[-1]) ** x[:, 1:]
        r = joint / joint.sum(axis=0, keepdims=True)
        out.append((r * x[:, :1]).sum(0) / (r * x.sum(1, keepdims=True)).sum(0))
    return np.array(out)


def the_same_list_again_and_again(x, biases, n_rounds):
    rounds = [biases]
    for _ in range(n_rounds):
        biases[:] = em_in_loops(x, biases, 1)[1]
        rounds.append(biases)
    return rounds


def one_coin_first(x, biases, n_rounds):
    a, b = biases
    rounds = [[a, b]]
    for _ in range(n_rounds):
        a = pooled([posterior(h, t, a, b) for h, t in x], x)
        b = pooled([1 - posterior(h, t, a, b) for h, t in x], x)
        rounds.append([a, b])
    return rounds


def return_too_deep(x, biases, n_rounds):
    rounds = [list(biases)]
    for _ in range(n_rounds):
        rounds.append(em_in_loops(x, rounds[-1], 1)[1])
        return rounds


def prior_freed(x, biases, n_rounds):
    steps = em.iterate(CoinMixture(biases, [0.5, 0.5]), x)
    return [next(steps).model.biases for _ in range(n_rounds + 1)]


WRONG_EM = {
    "hard-coded": lambda x, b, n: np.array([[0.6, 0.5], [0.7130, 0.5813]]),
    "returned only the last round": lambda x, b, n: em_in_loops(x, b, n)[-1],
    "the start is missing": lambda x, b, n: em_in_loops(x, b, n)[1:],
    "one round too many": lambda x, b, n: em_in_loops(x, b, n + 1),
    "one round too few": lambda x, b, n: em_in_loops(x, b, n - 1),
    "stopped after one round": return_too_deep,
    "the same array in every row": the_same_list_again_and_again,
    "never updated": lambda x, b, n: [list(b) for _ in range(n + 1)],
    "weights of the wrong round": all_shares_from_the_start,
    "one coin updated before the other": one_coin_first,
    "averaged shares instead of pooling counts": lambda x, b, n: em_like(
        x, b, n, update=mean_of_shares
    ),
    "hard instead of soft assignment": lambda x, b, n: em_like(
        x, b, n, share=lambda *a: float(posterior(*a) > 0.5), update=pooled
    ),
    "swapped heads and tails in the M step": lambda x, b, n: em_like(
        x, b, n, update=lambda r, x: 1 - pooled(r, x)
    ),
    "swapped heads and tails in the E step": lambda x, b, n: em_like(
        x, b, n, share=lambda h, t, a, b: posterior(t, h, a, b), update=pooled
    ),
    "not normalised over the coins": normalised_over_trials,
    "responsibilities swapped between the coins": lambda x, b, n: em_like(
        x, b, n, share=lambda h, t, a, b: 1 - posterior(h, t, a, b), update=pooled
    ),
    "divided by N instead of N_k": lambda x, b, n: em_like(
        x, b, n, update=lambda r, x: mean_of_shares(r, x) * sum(r) / len(r)
    ),
    "divided by all tosses": lambda x, b, n: em_like(
        x, b, n, update=lambda r, x: np.dot(r, x[:, 0]) / np.sum(x)
    ),
    "forgot the tails in the E step": lambda x, b, n: em_like(
        x, b, n, share=lambda h, t, a, b: a**h / (a**h + b**h), update=pooled
    ),
    "odds instead of a share": lambda x, b, n: em_like(
        x, b, n, update=lambda r, x: np.dot(r, x[:, 0]) / np.dot(r, x[:, 1])
    ),
    "freed the coin prior": prior_freed,
    "transposed": lambda x, b, n: np.transpose(em_in_loops(x, b, n)),
    "rounded": lambda x, b, n: np.round(em_in_loops(x, b, n), 4),
}


def test_unnormalised_responsibilities_give_the_same_biases_and_the_same_words():
    def answer(x, biases, n_rounds):
        return em_like(
            x, biases, n_rounds, share=lambda h, t, a, b: a**h * (1 - a) ** t, update=pooled
        )

    assert told("04.2", answer).misconception == "not normalised over the coins"


@pytest.mark.parametrize("name", WRONG_EM)
def test_wrong_answers_to_the_whole_of_em(name):
    refused_as(name, "04.2", WRONG_EM[name])


def test_a_fall_of_the_likelihood_is_named_even_if_the_slip_is_unknown():
    def down(x, biases, n_rounds):
        rounds = em_vectorised(x, biases, n_rounds)
        rounds[1:] = 0.5 * rounds[1:]
        return rounds

    result = told("04.2", down)
    assert result.misconception is None
    assert "never falls" in repr(result)
    assert "-33.093863 at row 0" in repr(result)


# 04.3


def free_vectorised(x, biases, weights, n_rounds):
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, [0]] * (1 - biases) ** x[:, [1]]
        r = joint / joint.sum(1, keepdims=True)
        biases, weights = x[:, 0] @ r / (x.sum(1) @ r), r.mean(0)
    return np.array([biases, weights])


def free_in_loops(x, biases, weights, n_rounds):
    (a, b), (w, v) = biases, weights
    for _ in range(n_rounds):
        r = []
        for h, t in x:
            p, q = w * a**h * (1 - a) ** t, v * b**h * (1 - b) ** t
            r.append(p / (p + q))
        s = [1 - g for g in r]
        a, b = pooled(r, x), pooled(s, x)
        w, v = sum(r) / len(r), sum(s) / len(s)
    return [a, b], [w, v]


def free_with_the_package(x, biases, weights, n_rounds):
    model = CoinMixture(biases, weights)
    for _ in range(n_rounds):
        model = model.m_step(model.e_step(x)[0])
    return {"biases": model.biases, "weights": tuple(model.weights)}


@pytest.mark.parametrize("answer", [free_vectorised, free_in_loops, free_with_the_package])
def test_right_answers_to_the_free_prior(answer):
    assert told("04.3", answer).status is Status.CORRECT


def test_the_free_prior_has_the_limit_that_the_remark_states():
    x = coins.counts(HEADS, 10)
    biases, weights = lesson_04.coin_em_free(x, [0.6, 0.5], [0.5, 0.5], 2000)
    assert [round(v, 5) for v in (*biases, weights[0])] == [0.79337, 0.51392, 0.52275]
    assert round(CoinMixture(biases, weights).log_likelihood(x), 6) == -31.568695
    remark = lesson_04.FREE_PRIOR.remark
    assert all(text in remark for text in ("0.79337", "0.51392", "0.52275", "-31.568695"))


def free_like(x, biases, weights, n_rounds, *, prior=True, weigh=None, **replaced):
    for _ in range(n_rounds):
        used = weights if prior else np.array([0.5, 0.5])
        joint = used * biases ** x[:, [0]] * (1 - biases) ** x[:, [1]]
        axis = replaced.get("axis", 1)
        r = joint if axis is None else joint / joint.sum(axis=axis, keepdims=True)
        if replaced.get("hard"):
            r = (r == r.max(axis=1, keepdims=True)).astype(float)
        biases = x[:, replaced.get("side", 0)] @ r / (x.sum(1) @ r)
        weights = weigh(r, x) if weigh else r.mean(axis=0)
    return biases, weights


def prior_kept(x, biases, weights, n_rounds):
    model = CoinMixture(biases, weights, fixed_weights=True)
    for _ in range(n_rounds):
        model = model.m_step(model.e_step(x)[0])
    return model.biases, model.weights


def weights_first(x, biases, weights, n_rounds):
    for _ in range(n_rounds):
        weights = CoinMixture(biases, weights).responsibilities(x).mean(axis=0)
        biases = free_vectorised(x, biases, weights, 1)[0]
    return biases, weights


def second_e_step(x, biases, weights, n_rounds):
    for _ in range(n_rounds):
        biases = free_vectorised(x, biases, weights, 1)[0]
        weights = CoinMixture(biases, weights).responsibilities(x).mean(axis=0)
    return biases, weights


WRONG_FREE = {
    "forgot to update the weights": prior_kept,
    "prior not used in the E step": lambda *a: free_like(*a, prior=False),
    "weights by tosses": lambda *a: free_like(*a, weigh=lambda r, x: x.sum(1) @ r / x.sum()),
    "weights by heads": lambda *a: free_like(*a, weigh=lambda r, x: x[:, 0] @ r / x[:, 0].sum()),
    "weights by hard counting": lambda *a: free_like(
        *a, weigh=lambda r, x: np.array([np.mean(r[:, 0] > 0.5), np.mean(r[:, 0] < 0.5)])
    ),
    "weights not divided by N": lambda *a: free_like(*a, weigh=lambda r, x: r.sum(axis=0)),
    "weights renewed after the loop only": lambda x, b, w, n: free_in_loops(
        x, free_like(x, b, w, n - 1, weigh=lambda r, x: np.asarray(w))[0], w, 1
    ),
    "all rounds instead of the last": lambda x, b, w, n: [
        free_in_loops(x, b, w, i) for i in range(n + 1)
    ],
    "in another order": lambda *a: free_in_loops(*a)[::-1],
    "one weight instead of two": lambda *a: (free_in_loops(*a)[0], free_in_loops(*a)[1][0]),
    "weights swapped between the coins": lambda *a: free_like(
        *a, weigh=lambda r, x: np.flip(r.mean(axis=0))
    ),
    "weights of the wrong round": second_e_step,
    "one round too many": lambda x, b, w, n: free_in_loops(x, b, w, n + 1),
    "one round too few": lambda x, b, w, n: free_in_loops(x, b, w, n - 1),
    "hard instead of soft assignment": lambda *a: free_like(*a, hard=True),
    "normalised over the trials": lambda *a: free_like(*a, axis=0),
    "swapped heads and tails in the M step": lambda *a: free_like(*a, side=1),
    "not normalised": lambda *a: free_like(*a, axis=None),
}


@pytest.mark.parametrize("name", WRONG_FREE)
def test_wrong_answers_to_the_free_prior(name):
    def answer(x, biases, weights, n_rounds):
        return WRONG_FREE[name](x, biases, weights, n_rounds)

    refused_as(name, "04.3", answer)


def test_weights_renewed_first_are_of_the_wrong_round():
    assert told("04.3", weights_first).misconception == "weights of the wrong round"


def test_a_last_row_that_stands_twice_is_a_round_too_few():
    result = told("04.2", lambda x, b, n: [*em_in_loops(x, b, n - 1), em_in_loops(x, b, n - 1)[-1]])
    assert result.misconception == "one round too few"


# 04.4


@pytest.mark.parametrize(
    "answer",
    [
        ("saddle", 1.533),
        ("A saddle point.", np.float64(1.53297683)),
        ("Saddle-point", [1.53]),
        ("saddle", np.array(1.533 + 0j)),
    ],
)
def test_right_answers_to_the_saddle(answer):
    assert told("04.4", *answer).status is Status.CORRECT


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (("maximum", 1.533), "a maximum, because EM stops there"),
        (("a local maximum", 0.0), "a maximum, because EM stops there"),
        (("minimum", 1.533), "a minimum, because EM leaves it"),
        (("stationary", 1.533), "stationary, but of which kind"),
        (("unstable", 1.533), "stationary, but of which kind"),
        (("saddle", [1.533, 0.0]), "both eigenvalues"),
        (("saddle", np.array([1e-9, 1.53298])), "both eigenvalues"),
        (("saddle", 0.0), "the smaller eigenvalue"),
        (("saddle", 59.378), "the Hessian's eigenvalue"),
        (("saddle", 0.378), "the Jacobian at the maximum"),
        (("saddle", 0.7665), "an entry of the Jacobian"),
        (("saddle", 0.533), "the step instead of the map"),
        (("saddle", 0.652), "the inverse"),
        (("saddle", 2.35), "two rounds"),
        (("saddle", 1.38990), "the Jacobian at the start of the tie"),
        (("saddle", 1.91622), "divided by N - 1"),
        ((1.533, "saddle"), "in another order"),
    ],
)
def test_wrong_answers_to_the_saddle(answer, name):
    refused_as(name, "04.4", *answer)


@pytest.mark.parametrize("answer", [("valley", 1.533), (0.66, 1.533), ("saddle", 3.0)])
def test_an_unknown_wrong_answer_to_the_saddle_is_told_what_is_due(answer):
    result = told("04.4", *answer)
    assert result.status is Status.WRONG
    assert "What was expected" in repr(result)


def test_the_eigenvalues_are_those_of_the_packages_own_map():
    x, h = coins.counts(HEADS, 10), 1e-6

    def em_map(biases):
        model = CoinMixture(biases, [0.5, 0.5], fixed_weights=True)
        return model.m_step(model.e_step(x)[0]).biases

    def eigenvalues(point):
        steps = h * np.eye(2)
        rows = [(em_map(point + e) - em_map(point - e)) / (2 * h) for e in steps]
        return np.linalg.eigvals(np.transpose(rows))

    at_saddle = eigenvalues(np.array([0.66, 0.66]))
    np.testing.assert_allclose(np.sort(at_saddle), [0, lesson_04.LARGER_EIGENVALUE], atol=1e-5)
    np.testing.assert_allclose(lesson_04.SADDLE.solution[1](), at_saddle.max(), atol=1e-8)
    at_maximum = eigenvalues(np.array([0.7967891, 0.5195831]))
    np.testing.assert_allclose(np.sort(at_maximum), [0.378, 0.410], atol=5e-4)


# 04.5


def ridge_by_moving(bias_a, bias_b, weight_a):
    step = 1e-3
    return bias_a + step, bias_b - step * weight_a / (1 - weight_a), weight_a


def ridge_with_another_weight(bias_a, bias_b, weight_a):
    p = weight_a * bias_a + (1 - weight_a) * bias_b
    low, high = p / 2, (1 + p) / 2
    return np.array([high, low, (p - low) / (high - low)])


def ridge_with_one_coin(bias_a, bias_b, weight_a):
    return [weight_a * bias_a + (1 - weight_a) * bias_b, 0.123, 1]


@pytest.mark.parametrize(
    "answer", [ridge_by_moving, ridge_with_another_weight, ridge_with_one_coin]
)
def test_right_answers_to_the_ridge(answer):
    assert told("04.5", answer).status is Status.CORRECT


def test_the_ridge_is_flat_for_the_package_too():
    tosses = coins.counts([1, 0, 0, 1, 1, 0, 1], 1)
    values = []
    for a, b, w in [(0.8, 0.3, 0.4), lesson_04.same_likelihood(0.8, 0.3, 0.4)]:
        values.append(CoinMixture([a, b], [w, 1 - w]).log_likelihood(tosses))
    assert values[0] == pytest.approx(values[1], rel=1e-14)


WRONG_RIDGE = {
    "hard-coded": lambda a, b, w: (0.55, 0.55, 0.5),
    "the same triple": lambda a, b, w: [a, b, w],
    "only the labels exchanged": lambda a, b, w: (b, a, 1 - w),
    "biases exchanged, weight kept": lambda a, b, w: (b, a, w),
    "mean without weights": lambda a, b, w: (0.5 * (a + b), 0.5 * (a + b), w),
    "weights exchanged in the mean": lambda a, b, w: (a - w * (a - b), a - w * (a - b), w),
    "swapped heads and tails": lambda a, b, w: (1 - a, 1 - b, w),
    "moved equally far apart": lambda a, b, w: (a + 0.05, b - 0.05, w),
    "both biases moved the same way": lambda a, b, w: (a + 0.05, b + 0.05, w),
    "weight changed alone": lambda a, b, w: (a, b, w / 2),
    "one bias changed alone": lambda a, b, w: (a, 0.9 * b, w),
    "the product kept, not the mean": lambda a, b, w: (math.sqrt(a * b), math.sqrt(a * b), w),
    "a bias out of range": lambda a, b, w: (a + (1 - w) * 2, b - w * 2, w),
    "two numbers instead of three": lambda a, b, w: [w * a + (1 - w) * b] * 2,
    "the mean instead of a triple": lambda a, b, w: w * a + (1 - w) * b,
    "rounded in between": lambda a, b, w: (round(w * a + (1 - w) * b, 1),) * 2 + (0.5,),
}


@pytest.mark.parametrize("name", WRONG_RIDGE)
def test_wrong_answers_to_the_ridge(name):
    refused_as(name, "04.5", WRONG_RIDGE[name])


def test_a_move_out_of_the_range_is_told_to_be_smaller():
    result = told("04.5", lambda a, b, w: (a + 0.5, b - 0.5 * w / (1 - w), w))
    assert result.status is Status.WRONG
    assert "make it smaller" in repr(result)
