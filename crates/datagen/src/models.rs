//! The models, launched and retired during the window. Names are those of real exports.

/// A model, its time (in thousandths of the window) and its popularity.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    launched: u32,
    retired: Option<u32>,
    popularity: f64,
}

const fn model(name: &'static str, launched: u32, retired: Option<u32>, popularity: f64) -> Model {
    Model {
        name,
        launched,
        retired,
        popularity,
    }
}

/// In the order of their columns: alphabetical, with `auto` first.
pub(crate) const MODELS: [Model; 15] = [
    model("auto", 0, None, 26.0),
    model("claude_haiku_4.5", 0, Some(900), 8.0),
    model("claude_opus_4.5", 0, Some(420), 14.0),
    model("claude_opus_4.6", 200, Some(700), 16.0),
    model("claude_opus_4.8", 480, None, 17.0),
    model("claude_opus_5", 820, None, 22.0),
    model("claude_sonnet_4", 0, Some(300), 16.0),
    model("claude_sonnet_4.5", 0, Some(850), 26.0),
    model("claude_sonnet_4.6", 260, None, 20.0),
    model("claude_sonnet_5", 700, None, 28.0),
    model("glm_5", 350, None, 4.0),
    model("gpt_5.6_luna", 600, None, 8.0),
    model("gpt_5.6_sol", 600, None, 5.0),
    model("gpt_5.6_terra", 640, None, 3.0),
    model("qwen3_coder_next", 150, Some(950), 5.0),
];

/// Messages per model, in the order of [`MODELS`].
pub(crate) type PerModel<T> = [T; MODELS.len()];

/// The popularity of each model on a day: 0 before its launch and after its retirement, with a ramp at both.
pub(crate) fn popularity(day: u32, days: u32) -> PerModel<f64> {
    const RAMP: f64 = 50.0;
    let at = f64::from(day) * 1000.0 / f64::from(days.max(1));
    let mut weights = [0.0; MODELS.len()];
    for (weight, model) in weights.iter_mut().zip(&MODELS) {
        let rise = match model.launched {
            0 => 1.0,
            launched => ((at - f64::from(launched)) / RAMP).clamp(0.0, 1.0),
        };
        let fall = match model.retired {
            None => 1.0,
            Some(retired) => ((f64::from(retired) - at) / RAMP).clamp(0.0, 1.0),
        };
        *weight = model.popularity * rise * fall;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_come_and_go() {
        let index = |name| MODELS.iter().position(|model| model.name == name).unwrap();
        let (early, late) = (popularity(0, 90), popularity(89, 90));
        assert!(early[index("claude_sonnet_4")] > 0.0 && late[index("claude_sonnet_4")] == 0.0);
        assert!(early[index("claude_opus_5")] == 0.0 && late[index("claude_opus_5")] > 0.0);
    }

    #[test]
    fn columns_are_alphabetical_after_auto() {
        assert_eq!(MODELS[0].name, "auto");
        assert!(
            MODELS
                .windows(2)
                .skip(1)
                .all(|pair| pair[0].name < pair[1].name)
        );
    }
}
