using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OnnxAudit.Kernels;

/// <summary>Loads the kernel library that a single-file program carries inside: through an anonymous memory file, so that nothing is written beside the program.</summary>
internal static partial class EmbeddedLibrary
{
    private const uint CloseOnExec = 1;

    /// <summary>False with a null problem when nothing is embedded; false with the reason when it is there but does not load.</summary>
    public static bool TryLoad(string resource, out nint handle, out string? problem)
    {
        handle = 0;
        problem = null;
        using var stream = typeof(EmbeddedLibrary).Assembly.GetManifestResourceStream(resource);
        if (stream is null) return false;
        if (!OperatingSystem.IsLinux())
        {
            problem = "the kernel library inside the program can be loaded on Linux only";
            return false;
        }

        using var memory = new SafeFileHandle(memfd_create("onnxaudit_kernels", CloseOnExec), ownsHandle: true);
        if (memory.IsInvalid)
        {
            problem = FormattableString.Invariant($"the kernel library inside the program does not load: memfd_create failed with errno {Marshal.GetLastPInvokeError()}");
            return false;
        }

        using (var file = new FileStream(memory, FileAccess.Write, bufferSize: 0))
        {
            stream.CopyTo(file);
            file.Flush();
            try
            {
                handle = NativeLibrary.Load(FormattableString.Invariant($"/proc/self/fd/{memory.DangerousGetHandle()}"));
                return true;
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                problem = $"the kernel library inside the program does not load: {e.Message}";
                return false;
            }
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);
}
