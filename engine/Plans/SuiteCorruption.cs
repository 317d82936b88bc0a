namespace OnnxAudit.Plans;

/// <summary>Which cell of a corruption grid a suite is: what was done to its images, and how strongly.</summary>
/// <param name="Name">Name of the corruption: "fog", "jpeg_compression", …</param>
/// <param name="Severity">1 (mild) to 5.</param>
public sealed record SuiteCorruption(string Name, int Severity);
