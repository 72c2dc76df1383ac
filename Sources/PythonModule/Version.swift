/// The version of this extension. The package refuses one that is not its own; `scripts/wheel` checks that they are equal.
let version = "0.1.0"
