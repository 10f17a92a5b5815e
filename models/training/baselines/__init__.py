"""The two networks of Zhang & Zhuang 2021 (CMRadjustNet), trained again on open data: baselines to compare with."""
