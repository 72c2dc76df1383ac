/// The versions of generated Swift code that this runtime fits. Generated code names the one it was made for, so that a runtime that
/// does not fit is found when the code is compiled, not when it runs.
public enum SubsgenRuntimeVersion {
    /// The first version.
    public enum v1 {}
}
