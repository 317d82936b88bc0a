using System.Runtime.InteropServices;

namespace OnnxAudit.Files;

/// <summary>
/// A shared library of the operating system that is loaded only when something needs it. The engine's LibraryImport
/// declarations name it by <see cref="Name"/>; call <see cref="Require"/> before the first of them.
/// </summary>
public sealed class SystemLibrary
{
    /// <summary>LibraryImport name of <see cref="Png"/>.</summary>
    public const string PngName = "onnxaudit-png";

    /// <summary>LibraryImport name of <see cref="TurboJpeg"/>.</summary>
    public const string TurboJpegName = "onnxaudit-turbojpeg";

    /// <summary>LibraryImport name of <see cref="Lz4"/>.</summary>
    public const string Lz4Name = "onnxaudit-lz4";

    /// <summary>libpng 1.6: reading PNG files.</summary>
    public static readonly SystemLibrary Png = new(PngName, "reading PNG files", "libpng16-16",
        ["libpng16.so.16", "libpng16.16.dylib", "libpng16.dll"]);

    /// <summary>libjpeg-turbo's TurboJPEG API: reading JPEG files.</summary>
    public static readonly SystemLibrary TurboJpeg = new(TurboJpegName, "reading JPEG files", "libturbojpeg0",
        ["libturbojpeg.so.0", "libturbojpeg.dylib", "turbojpeg.dll"], ubuntuPackage: "libturbojpeg");

    /// <summary>LZ4 with the frame format: columns of bundles.</summary>
    public static readonly SystemLibrary Lz4 = new(Lz4Name, "reading and writing bundles", "liblz4-1",
        ["liblz4.so.1", "liblz4.1.dylib", "liblz4.dll"]);

    private static readonly SystemLibrary[] Known = [Png, TurboJpeg, Lz4];

    private readonly string[] _files;
    private readonly Lock _gate = new();
    private nint _handle;

    static SystemLibrary() => NativeLibrary.SetDllImportResolver(typeof(SystemLibrary).Assembly,
        static (name, _, _) => Array.Find(Known, l => l.Name == name)?.Require() ?? 0);

    internal SystemLibrary(string name, string purpose, string package, string[] files, string? ubuntuPackage = null) =>
        (Name, Purpose, Package, UbuntuPackage, _files) = (name, purpose, package, ubuntuPackage ?? package, files);

    /// <summary>The name LibraryImport declarations give it.</summary>
    public string Name { get; }

    /// <summary>What it is needed for.</summary>
    public string Purpose { get; }

    /// <summary>Debian package that holds it.</summary>
    public string Package { get; }

    /// <summary>Ubuntu package that holds it.</summary>
    public string UbuntuPackage { get; }

    /// <summary>Loads the library once and returns its handle. Safe from several threads.</summary>
    /// <exception cref="AuditException">Environment: no file of that name loads; names the package.</exception>
    public nint Require()
    {
        lock (_gate)
        {
            if (_handle != 0) return _handle;
            foreach (var file in _files)
            {
                if (NativeLibrary.TryLoad(file, typeof(SystemLibrary).Assembly, searchPath: null, out _handle)) return _handle;
            }
        }

        throw new AuditException(AuditCode.Environment, Purpose, $"no {string.Join(" or ", _files)} that loads",
            "the system's shared library", $"Install it: apt-get install {Package}{(UbuntuPackage == Package ? "" : $" (Debian) or {UbuntuPackage} (Ubuntu)")}, or your system's package of the same library.");
    }

    /// <summary>True when the library loads.</summary>
    public bool IsPresent
    {
        get
        {
            try
            {
                return Require() != 0;
            }
            catch (AuditException)
            {
                return false;
            }
        }
    }
}
