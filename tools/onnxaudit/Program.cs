using System.CommandLine;

var root = new RootCommand("Audits compressed ONNX image classifiers.");
return root.Parse(args).Invoke();
