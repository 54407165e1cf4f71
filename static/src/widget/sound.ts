/* Two soft notes for a message, made here: nothing is fetched for them. Off until somebody turns it on. */
let audio: AudioContext | undefined

export function chime(): void {
  audio ??= new AudioContext()
  const volume = audio.createGain()
  volume.connect(audio.destination)
  volume.gain.setValueAtTime(0.08, audio.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5)
  for (const [place, pitch] of [660, 880].entries()) {
    const note = audio.createOscillator()
    note.frequency.value = pitch
    note.connect(volume)
    note.start(audio.currentTime + place * 0.12)
    note.stop(audio.currentTime + 0.5)
  }
}
