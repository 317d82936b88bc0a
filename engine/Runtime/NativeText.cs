using System.Runtime.InteropServices;

namespace OnnxAudit.Runtime;

/// <summary>A string as native code wants it: UTF-8, ended by zero. Must not hold a zero itself.</summary>
internal sealed unsafe class NativeText : IDisposable
{
    private nint _memory;

    public NativeText(string text)
    {
        if (text.Contains('\0')) throw new ArgumentException("a name handed to ONNX Runtime holds a zero character", nameof(text));
        _memory = Marshal.StringToCoTaskMemUTF8(text);
    }

    private NativeText(nint memory) => _memory = memory;

    ~NativeText() => Free();

    public byte* Bytes => (byte*)_memory;

    /// <summary>A file path: UTF-16 on Windows, UTF-8 elsewhere (ORTCHAR_T).</summary>
    public static NativeText Path(string path) => OperatingSystem.IsWindows() ? new NativeText(Marshal.StringToCoTaskMemUni(path)) : new NativeText(path);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        Marshal.FreeCoTaskMem(_memory);
        _memory = 0;
    }
}

/// <summary>Strings as the char** that native code wants.</summary>
internal sealed unsafe class NativeTexts : IDisposable
{
    private readonly NativeText[] _texts;
    private byte** _pointers;

    public NativeTexts(IEnumerable<string> texts)
    {
        _texts = [.. texts.Select(t => new NativeText(t))];
        _pointers = (byte**)NativeMemory.AllocZeroed((nuint)_texts.Length + 1, (nuint)sizeof(nint));
        for (var i = 0; i < _texts.Length; i++) _pointers[i] = _texts[i].Bytes;
    }

    ~NativeTexts() => Free();

    public byte** Pointers => _pointers;

    public nuint Count => (nuint)_texts.Length;

    public void Dispose()
    {
        foreach (var text in _texts) text.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_pointers);
        _pointers = null;
    }
}
